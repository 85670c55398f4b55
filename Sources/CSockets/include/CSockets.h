// What Linux offers for datagrams and event loops and what Swift's Glibc module does not show: calls that need
// _GNU_SOURCE, structs of <netinet/in.h> that hide behind it, and macros that walk over control messages.
#ifndef CSOCKETS_H
#define CSOCKETS_H

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// Functions that a realtime thread may call: checked to allocate nothing and to take no lock of user space.
#define CSOCKETS_REALTIME                                  \
    __attribute__((swift_attr("@_noAllocation")))          \
    __attribute__((swift_attr("@_noLocks")))

// One message of a batch; the same layout as struct mmsghdr (asserted in CSockets.c).
struct csockets_message {
    struct msghdr header;
    unsigned int length;
};

// Bytes of control data that one message needs at most (one packet info of either family).
#define CSOCKETS_CONTROL_CAPACITY 64

// The local end of a datagram. `address` holds 4 (AF_INET) or 16 (AF_INET6) bytes in network order.
struct csockets_packet_info {
    int family;
    int interface_index;
    uint8_t address[16];
};

int csockets_recvmmsg(int socket, struct csockets_message *messages, unsigned int count, int flags);
int csockets_sendmmsg(int socket, struct csockets_message *messages, unsigned int count, int flags);

// Asks for packet info on every received datagram. 0, or -1 with errno.
int csockets_enable_packet_info(int socket, int family);
// Lets only datagrams in that came over this network interface (SO_ATTACH_FILTER). 0, or -1 with errno.
int csockets_take_only_from(int socket, unsigned int interface_index);

// Reads the local address out of a received message's control data; false if there is none.
bool csockets_read_packet_info(struct msghdr *message, struct csockets_packet_info *info);

// Writes control data that makes a datagram leave from `info->address`; gives its length. The buffer holds
// CSOCKETS_CONTROL_CAPACITY bytes.
size_t csockets_write_packet_info(void *control, const struct csockets_packet_info *info);

// epoll_pwait2 (nanoseconds), or epoll_wait rounded up to milliseconds where the kernel or a seccomp filter has none.
// A negative timeout waits for ever.
int csockets_epoll_wait(int epoll, struct epoll_event *events, int capacity, int64_t timeout_nanoseconds);

// Adds 1 to an eventfd. Never blocks on a non-blocking one: a full counter is a pending signal already.
void csockets_eventfd_signal(int descriptor) CSOCKETS_REALTIME;
// Takes what was signalled since the last call; 0 if nothing.
uint64_t csockets_eventfd_take(int descriptor) CSOCKETS_REALTIME;

// Names the calling thread (15 bytes are shown).
void csockets_name_thread(const char *name);
// Gives the calling thread a nice value. 0, or -1 with errno.
int csockets_set_thread_nice(int value);
// Binds the calling thread to one CPU. 0, or an error number.
int csockets_set_thread_cpu(int cpu);
// CPU time that the calling thread has used, in nanoseconds.
int64_t csockets_thread_cpu_nanoseconds(void);

// Opens a netlink socket that becomes readable when a link or an address changes; -1 with errno.
int csockets_open_network_changes(void);
// Reads away what is pending on it; the number of messages read.
int csockets_drain(int socket);

#endif
