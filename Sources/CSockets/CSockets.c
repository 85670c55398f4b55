#define _GNU_SOURCE
#include "CSockets.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(struct csockets_message) == sizeof(struct mmsghdr), "layout of struct mmsghdr");
_Static_assert(offsetof(struct csockets_message, header) == offsetof(struct mmsghdr, msg_hdr), "layout of mmsghdr");
_Static_assert(offsetof(struct csockets_message, length) == offsetof(struct mmsghdr, msg_len), "layout of mmsghdr");
_Static_assert(CMSG_SPACE(sizeof(struct in6_pktinfo)) <= CSOCKETS_CONTROL_CAPACITY, "room for packet info");

int csockets_recvmmsg(int socket, struct csockets_message *messages, unsigned int count, int flags) {
    return recvmmsg(socket, (struct mmsghdr *)messages, count, flags, NULL);
}

int csockets_sendmmsg(int socket, struct csockets_message *messages, unsigned int count, int flags) {
    return sendmmsg(socket, (struct mmsghdr *)messages, count, flags);
}

int csockets_enable_packet_info(int socket, int family) {
    int on = 1;
    if (family == AF_INET) return setsockopt(socket, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    return setsockopt(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
}

int csockets_take_only_from(int socket, unsigned int interface_index) {
    // SO_BINDTODEVICE would not do for loopback: what a machine sends to its own other addresses goes over the loopback interface, but
    // counts as come in at theirs.
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned int)(SKF_AD_OFF + SKF_AD_IFINDEX)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, interface_index, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = { .len = sizeof code / sizeof code[0], .filter = code };
    return setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

bool csockets_read_packet_info(struct msghdr *message, struct csockets_packet_info *info) {
    for (struct cmsghdr *item = CMSG_FIRSTHDR(message); item; item = CMSG_NXTHDR(message, item)) {
        if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo found;
            memcpy(&found, CMSG_DATA(item), sizeof found);
            info->family = AF_INET;
            info->interface_index = found.ipi_ifindex;
            memcpy(info->address, &found.ipi_addr, 4);
            return true;
        }
        if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo found;
            memcpy(&found, CMSG_DATA(item), sizeof found);
            info->family = AF_INET6;
            info->interface_index = (int)found.ipi6_ifindex;
            memcpy(info->address, &found.ipi6_addr, 16);
            return true;
        }
    }
    return false;
}

size_t csockets_write_packet_info(void *control, const struct csockets_packet_info *info) {
    struct cmsghdr *item = control;
    if (info->family == AF_INET) {
        struct in_pktinfo source = {.ipi_ifindex = info->interface_index};
        memcpy(&source.ipi_spec_dst, info->address, 4);
        item->cmsg_level = IPPROTO_IP;
        item->cmsg_type = IP_PKTINFO;
        item->cmsg_len = CMSG_LEN(sizeof source);
        memcpy(CMSG_DATA(item), &source, sizeof source);
        return CMSG_SPACE(sizeof source);
    }
    struct in6_pktinfo source = {.ipi6_ifindex = (unsigned)info->interface_index};
    memcpy(&source.ipi6_addr, info->address, 16);
    item->cmsg_level = IPPROTO_IPV6;
    item->cmsg_type = IPV6_PKTINFO;
    item->cmsg_len = CMSG_LEN(sizeof source);
    memcpy(CMSG_DATA(item), &source, sizeof source);
    return CMSG_SPACE(sizeof source);
}

int csockets_epoll_wait(int epoll, struct epoll_event *events, int capacity, int64_t timeout_nanoseconds) {
    static atomic_bool fine_timeout_is_missing = false;
    if (timeout_nanoseconds < 0) return epoll_wait(epoll, events, capacity, -1);
    if (!atomic_load_explicit(&fine_timeout_is_missing, memory_order_relaxed)) {
        struct timespec timeout = {timeout_nanoseconds / 1000000000, timeout_nanoseconds % 1000000000};
        int ready = epoll_pwait2(epoll, events, capacity, &timeout, NULL);
        if (ready >= 0 || (errno != ENOSYS && errno != EPERM)) return ready;
        atomic_store_explicit(&fine_timeout_is_missing, true, memory_order_relaxed);
    }
    int64_t milliseconds = (timeout_nanoseconds + 999999) / 1000000;
    return epoll_wait(epoll, events, capacity, milliseconds > 1000000 ? 1000000 : (int)milliseconds);
}

void csockets_eventfd_signal(int descriptor) {
    uint64_t one = 1;
    ssize_t written;
    do written = write(descriptor, &one, sizeof one);
    while (written < 0 && errno == EINTR);
}

uint64_t csockets_eventfd_take(int descriptor) {
    uint64_t value = 0;
    ssize_t got;
    do got = read(descriptor, &value, sizeof value);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof value ? value : 0;
}

void csockets_name_thread(const char *name) {
    char shown[16] = {0};
    strncpy(shown, name, sizeof shown - 1);
    pthread_setname_np(pthread_self(), shown);
}

int csockets_set_thread_nice(int value) {
    return setpriority(PRIO_PROCESS, (id_t)gettid(), value);
}

int csockets_set_thread_cpu(int cpu) {
    cpu_set_t set;
    if (cpu < 0 || cpu >= CPU_SETSIZE) return EINVAL;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

int64_t csockets_thread_cpu_nanoseconds(void) {
    struct timespec used;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used) != 0) return 0;
    return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

int csockets_open_network_changes(void) {
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (descriptor < 0) return -1;
    struct sockaddr_nl address = {.nl_family = AF_NETLINK,
                                  .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR};
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
        int error = errno;
        close(descriptor);
        errno = error;
        return -1;
    }
    return descriptor;
}

int csockets_drain(int socket) {
    char buffer[8192];
    int messages = 0;
    for (;;) {
        ssize_t got = recv(socket, buffer, sizeof buffer, MSG_DONTWAIT);
        if (got > 0) {
            messages++;
        } else if (got < 0 && errno == ENOBUFS) {
            messages++;  // More changed than the socket could hold: a change all the same.
        } else if (!(got < 0 && errno == EINTR)) {
            return messages;
        }
    }
}
