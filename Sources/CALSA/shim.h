// ALSA's PCM calls that the realtime thread makes, as inline functions that Swift may call from code under
// @_noAllocation @_noLocks. Each was read in alsa-lib 1.2.8: none of them allocates; some take the PCM's own mutex
// (snd_pcm_lock), which nobody else ever holds, because a PCM belongs to one thread at a time. A non-blocking PCM
// (SND_PCM_NONBLOCK) makes none of them wait. Opening, configuring and closing stay outside: the device helper does it.
#pragma once

#include <alsa/asoundlib.h>
#include <pthread.h>

#define ZEGO_REALTIME __attribute__((swift_attr("@_noAllocation"))) __attribute__((swift_attr("@_noLocks")))

/// Frames that can be read or written at once, and frames between the application and the loudspeaker or microphone; of
/// these -1 when they are not known: the pulse plug-in says -EIO then, for a moment after its stream was moved to another
/// sink. (When the stream is gone it says so again when it is asked for the first alone.)
ZEGO_REALTIME static inline int calsa_avail_delay(snd_pcm_t *pcm, snd_pcm_sframes_t *avail, snd_pcm_sframes_t *delay) {
    int result = snd_pcm_avail_delay(pcm, avail, delay);
    if (result != -EIO) return result;
    *delay = -1;
    *avail = snd_pcm_avail(pcm);
    return *avail < 0 ? (int)*avail : 0;
}

ZEGO_REALTIME static inline snd_pcm_sframes_t calsa_read(snd_pcm_t *pcm, void *frames, snd_pcm_uframes_t count) {
    return snd_pcm_readi(pcm, frames, count);
}

ZEGO_REALTIME static inline snd_pcm_sframes_t calsa_write(snd_pcm_t *pcm, const void *frames, snd_pcm_uframes_t count) {
    return snd_pcm_writei(pcm, frames, count);
}

ZEGO_REALTIME static inline int calsa_prepare(snd_pcm_t *pcm) { return snd_pcm_prepare(pcm); }

ZEGO_REALTIME static inline int calsa_start(snd_pcm_t *pcm) { return snd_pcm_start(pcm); }

/// Takes up again after a suspend of the machine; -EAGAIN while the hardware is not ready, -ENOSYS where a prepare is
/// needed instead.
ZEGO_REALTIME static inline int calsa_resume(snd_pcm_t *pcm) { return snd_pcm_resume(pcm); }

ZEGO_REALTIME static inline snd_pcm_state_t calsa_state(snd_pcm_t *pcm) { return snd_pcm_state(pcm); }

/// Sets how much room or data the next wake-ups wait for.
ZEGO_REALTIME static inline int calsa_set_avail_min(snd_pcm_t *pcm, snd_pcm_sw_params_t *params, snd_pcm_uframes_t frames) {
    int result = snd_pcm_sw_params_set_avail_min(pcm, params, frames);
    return result < 0 ? result : snd_pcm_sw_params(pcm, params);
}

ZEGO_REALTIME static inline int calsa_poll_descriptors(snd_pcm_t *pcm, struct pollfd *descriptors, unsigned int space) {
    return snd_pcm_poll_descriptors(pcm, descriptors, space);
}

/// What the descriptors' events mean: a plug-in may poll for input on a timer when it wants to tell of room to write.
ZEGO_REALTIME static inline int
calsa_poll_events(snd_pcm_t *pcm, struct pollfd *descriptors, unsigned int count, unsigned short *events) {
    return snd_pcm_poll_descriptors_revents(pcm, descriptors, count, events);
}

/// Waits until one of the descriptors has something or the time is over. poll(2) knows only
/// milliseconds; ppoll(2) is hidden behind _GNU_SOURCE, which a module's header cannot set.
extern int ppoll(struct pollfd *, nfds_t, const struct timespec *, const __sigset_t *);

ZEGO_REALTIME static inline int
calsa_wait(struct pollfd *descriptors, unsigned int count, long long nanoseconds) {
    if (nanoseconds < 0) nanoseconds = 0;
    struct timespec limit = {(time_t)(nanoseconds / 1000000000), (long)(nanoseconds % 1000000000)};
    return ppoll(descriptors, count, &limit, NULL);
}

/// Also hidden behind _GNU_SOURCE: the name that `ps -T` and /proc/self/task/*/comm show.
extern int pthread_setname_np(pthread_t, const char *);

static inline void calsa_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
