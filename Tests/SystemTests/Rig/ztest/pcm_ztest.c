// An ALSA PCM without hardware, for tests: plays into a file or captures from one, in real time.
//
//   pcm_type.ztest { lib "/…/libasound_module_pcm_ztest.so" }
//   pcm.card { type ztest file "/…/sound.raw" ppm 150 }
//
// Its clock is CLOCK_MONOTONIC made faster or slower by `ppm`; what a real card's hardware pointer says, it computes
// from the time since the start. So the programs under test use the real ALSA interface with real polling, real
// under- and overruns and any drift, and what they played stands in the file sample by sample. Silence takes the place
// of samples that a capture file does not have, and of those a playback missed nothing is written: file position and
// time go apart at an underrun, as they do on a real card that is started again.
//
// Fields:
//   file         raw samples in `format`, interleaved; absent: silence in, nothing kept
//   format       the only sample format offered, "S16_LE" (default), "S32_LE" or "FLOAT_LE"
//   channels     the only number of channels offered; absent: 1 to 8
//   rate         the only rate offered; absent: 8000 to 192000
//   ppm          how much faster than the monotonic clock it runs, a real number
//   loop         1: a capture begins its file again at the end
//   granularity  frames by which the pointer moves, as that of snd-aloop and of USB cards does; 0: exactly
//   stamp        1: at the first start, CLOCK_MONOTONIC in seconds goes into <file>.start: when the first sample of the
//                file was at the microphone, or leaves the loudspeaker
//   fault        a file whose first word is looked at on each call:
//                "gone" = the card was unplugged (every call fails with ENODEV, opening too); "stuck" = its pointer stands
//                still; "short" = writable frames are told as one less than a period while POLLOUT stays asserted (as the
//                pulse plug-in does); "xrun" = one under- or overrun now (the file is removed); "suspended" = as after a
//                suspend of the machine, until the word is gone and the program resumes or prepares the card; "busy" =
//                another program has it (opening fails with EBUSY); else nothing
//   latency      frames that the hardware holds beyond its buffer: told as delay, nowhere else
//
// Built with: gcc -O2 -shared -fPIC -o libasound_module_pcm_ztest.so pcm_ztest.c -lasound -lm

#define _GNU_SOURCE
#define PIC 1
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/timerfd.h>

typedef struct {
    snd_pcm_ioplug_t io;
    char *path;
    char *fault_path;
    int file;
    // Readable when there is something to do: what the program polls.
    int timer;
    double ppm;
    long granularity;
    long latency;
    bool loop;
    bool stamp;
    // CLOCK_MONOTONIC of pointer 0, or 0 while stopped.
    double started;
    // Frames that the program has written or read since the start.
    int64_t transferred;
    snd_pcm_uframes_t avail_min;
    // Where a stuck card stands.
    int64_t stuck_at;
} card_t;

enum fault { NONE, GONE, STUCK, SHORT_AVAIL, XRUN, SUSPENDED, BUSY };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

static enum fault current_fault(const char *path) {
    char word[16] = "";
    if (!path) return NONE;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return NONE;
    ssize_t length = read(file, word, sizeof word - 1);
    close(file);
    if (length <= 0) return NONE;
    if (!strncmp(word, "gone", 4)) return GONE;
    if (!strncmp(word, "stuck", 5)) return STUCK;
    if (!strncmp(word, "short", 5)) return SHORT_AVAIL;
    if (!strncmp(word, "xrun", 4)) return XRUN;
    if (!strncmp(word, "suspended", 9)) return SUSPENDED;
    if (!strncmp(word, "busy", 4)) return BUSY;
    return NONE;
}

static double rate(const card_t *card) { return card->io.rate * (1 + card->ppm * 1e-6); }

static bool plays(const card_t *card) { return card->io.stream == SND_PCM_STREAM_PLAYBACK; }

// Frames that the hardware has consumed or produced since the start.
static int64_t hardware_position(card_t *card, bool exact) {
    if (card->started <= 0) return 0;
    int64_t position = (int64_t)((now() - card->started) * rate(card));
    if (current_fault(card->fault_path) == STUCK) {
        if (card->stuck_at < 0) card->stuck_at = position;
        position = card->stuck_at;
    } else {
        card->stuck_at = -1;
    }
    if (!exact && card->granularity > 1) position -= position % card->granularity;
    return position;
}

// Arms the timer for the moment at which avail_min frames can be transferred.
static void arm(card_t *card) {
    struct itimerspec alarm = {0};
    snd_pcm_state_t state = card->io.state;
    if (card->started > 0 && (state == SND_PCM_STATE_RUNNING || state == SND_PCM_STATE_DRAINING)) {
        int64_t needed = card->transferred + (int64_t)card->avail_min;
        if (plays(card)) needed -= (int64_t)card->io.buffer_size;
        if (card->granularity > 1) needed = (needed + card->granularity - 1) / card->granularity * card->granularity;
        double time = card->started + (needed + 0.01) / rate(card);
        double present = now();
        // A moment that has passed: at once.
        if (time < present) time = present - 1e-6;
        alarm.it_value.tv_sec = (time_t)time;
        alarm.it_value.tv_nsec = (long)((time - floor(time)) * 1e9);
        if (!alarm.it_value.tv_sec && !alarm.it_value.tv_nsec) alarm.it_value.tv_nsec = 1;
    } else if (plays(card)) {
        // Not started: it may be filled.
        alarm.it_value.tv_nsec = 1;
    }
    timerfd_settime(card->timer, TFD_TIMER_ABSTIME, &alarm, 0);
}

static void write_stamp(card_t *card) {
    char path[4096], text[64];
    if (!card->stamp || !card->path) return;
    card->stamp = false;
    snprintf(path, sizeof path, "%s.start", card->path);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) return;
    int length = snprintf(text, sizeof text, "%.6f\n", card->started);
    ssize_t written = write(file, text, length);
    (void)written;
    close(file);
}

static int card_start(snd_pcm_ioplug_t *io) {
    card_t *card = io->private_data;
    if (current_fault(card->fault_path) == GONE) return -ENODEV;
    card->started = now();
    card->stuck_at = -1;
    write_stamp(card);
    // The state changes only after this call: let the program look at once, which arms the timer properly.
    struct itimerspec soon = {{0, 0}, {0, 1}};
    timerfd_settime(card->timer, TFD_TIMER_ABSTIME, &soon, 0);
    return 0;
}

static int card_stop(snd_pcm_ioplug_t *io) {
    card_t *card = io->private_data;
    card->started = 0;
    return 0;
}

// Without this, the default drain of alsa-lib spins.
static int card_drain(snd_pcm_ioplug_t *io) {
    card_t *card = io->private_data;
    if (card->started <= 0) return 0;
    double rest = card->started + card->transferred / rate(card) - now();
    if (rest > 0) {
        struct timespec time = {(time_t)rest, (long)((rest - floor(rest)) * 1e9)};
        nanosleep(&time, 0);
    }
    return 0;
}

static int card_prepare(snd_pcm_ioplug_t *io) {
    card_t *card = io->private_data;
    if (current_fault(card->fault_path) == GONE) return -ENODEV;
    card->started = 0;
    card->transferred = 0;
    arm(card);
    return 0;
}

// Goes on where it was, once it may.
static int card_resume(snd_pcm_ioplug_t *io) {
    card_t *card = io->private_data;
    if (current_fault(card->fault_path) == SUSPENDED) return -EAGAIN;
    card->started = now() - card->transferred / rate(card);
    snd_pcm_ioplug_set_state(io, SND_PCM_STATE_RUNNING);
    arm(card);
    return 0;
}

static void suspend(snd_pcm_ioplug_t *io) {
    if (io->state == SND_PCM_STATE_RUNNING) snd_pcm_ioplug_set_state(io, SND_PCM_STATE_SUSPENDED);
}

static snd_pcm_sframes_t card_pointer(snd_pcm_ioplug_t *io) {
    card_t *card = io->private_data;
    enum fault fault = current_fault(card->fault_path);
    if (fault == GONE) return -ENODEV;
    if (fault == XRUN && io->state == SND_PCM_STATE_RUNNING) {
        unlink(card->fault_path);
        return -EPIPE;
    }
    if (fault == SUSPENDED) suspend(io);
    int64_t position = hardware_position(card, false);
    if (plays(card)) {
        if (position > card->transferred && io->state == SND_PCM_STATE_RUNNING) return -EPIPE;
        if (position > card->transferred) position = card->transferred;
        if (fault == SHORT_AVAIL && io->state == SND_PCM_STATE_RUNNING) {
            // One frame less than whole periods can be written.
            int64_t room = (int64_t)io->buffer_size - (card->transferred - position);
            int64_t period = (int64_t)io->period_size;
            if (room >= period && room % period == 0) position -= 1;
        }
    } else if (position - card->transferred > (int64_t)io->buffer_size) {
        return -EPIPE;
    }
    return position < 0 ? 0 : position % (int64_t)io->buffer_size;
}

static int card_delay(snd_pcm_ioplug_t *io, snd_pcm_sframes_t *delay) {
    card_t *card = io->private_data;
    int64_t position = hardware_position(card, true);
    *delay = (plays(card) ? card->transferred - position : position - card->transferred) + card->latency;
    return 0;
}

// Reads a whole piece, from the beginning again if the card loops; silence where the file has nothing.
static void read_file(card_t *card, char *frames, size_t bytes) {
    size_t filled = 0;
    bool restarted = false;
    while (card->file >= 0 && filled < bytes) {
        ssize_t count = read(card->file, frames + filled, bytes - filled);
        if (count > 0) {
            filled += count;
            restarted = false;
        } else if (card->loop && !restarted && lseek(card->file, 0, SEEK_SET) == 0) {
            restarted = true;
        } else {
            break;
        }
    }
    memset(frames + filled, 0, bytes - filled);
}

static snd_pcm_sframes_t card_transfer(
    snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas, snd_pcm_uframes_t offset, snd_pcm_uframes_t frames) {
    card_t *card = io->private_data;
    if (current_fault(card->fault_path) == GONE) return -ENODEV;
    size_t frame_bytes = snd_pcm_format_physical_width(io->format) / 8 * io->channels;
    char *start = (char *)areas->addr + (areas->first + areas->step * offset) / 8;
    if (!plays(card)) {
        read_file(card, start, frames * frame_bytes);
    } else if (card->file >= 0) {
        ssize_t written = write(card->file, start, frames * frame_bytes);
        (void)written;
    }
    card->transferred += frames;
    arm(card);
    return frames;
}

static int card_poll_revents(snd_pcm_ioplug_t *io, struct pollfd *descriptors, unsigned int count, unsigned short *events) {
    card_t *card = io->private_data;
    (void)descriptors;
    (void)count;
    *events = 0;
    enum fault fault = current_fault(card->fault_path);
    if (fault == SUSPENDED) suspend(io);
    if (fault == GONE || io->state == SND_PCM_STATE_XRUN || io->state == SND_PCM_STATE_SUSPENDED) {
        *events = POLLERR | (plays(card) ? POLLOUT : POLLIN);
        return 0;
    }
    int64_t position = hardware_position(card, false);
    if (plays(card)) {
        int64_t room = (int64_t)io->buffer_size - (card->transferred - position);
        if (fault == SHORT_AVAIL || room >= (int64_t)card->avail_min) *events = POLLOUT;
    } else if (io->state == SND_PCM_STATE_RUNNING && position - card->transferred >= (int64_t)card->avail_min) {
        *events = POLLIN;
    }
    if (!*events) arm(card);
    return 0;
}

static int card_sw_params(snd_pcm_ioplug_t *io, snd_pcm_sw_params_t *params) {
    card_t *card = io->private_data;
    snd_pcm_sw_params_get_avail_min(params, &card->avail_min);
    arm(card);
    return 0;
}

static void free_card(card_t *card) {
    if (card->file >= 0) close(card->file);
    if (card->timer >= 0) close(card->timer);
    free(card->path);
    free(card->fault_path);
    free(card);
}

static int card_close(snd_pcm_ioplug_t *io) {
    free_card(io->private_data);
    return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
    .start = card_start,
    .stop = card_stop,
    .pointer = card_pointer,
    .transfer = card_transfer,
    .delay = card_delay,
    .prepare = card_prepare,
    .resume = card_resume,
    .drain = card_drain,
    .poll_revents = card_poll_revents,
    .sw_params = card_sw_params,
    .close = card_close,
};

// Offers one value, or a range when `only` is 0.
static int offer(snd_pcm_ioplug_t *io, int what, long only, unsigned int lowest, unsigned int highest) {
    if (only > 0) lowest = highest = (unsigned int)only;
    return snd_pcm_ioplug_set_param_minmax(io, what, lowest, highest);
}

SND_PCM_PLUGIN_DEFINE_FUNC(ztest) {
    const char *path = NULL, *format_name = "S16_LE", *fault_path = NULL;
    double ppm = 0;
    long granularity = 0, latency = 0, loop = 0, stamp = 0, channels = 0, only_rate = 0;
    snd_config_iterator_t position, next;
    (void)root;
    snd_config_for_each(position, next, conf) {
        snd_config_t *node = snd_config_iterator_entry(position);
        const char *id;
        if (snd_config_get_id(node, &id) < 0) continue;
        int result = 0;
        if (!strcmp(id, "comment") || !strcmp(id, "type") || !strcmp(id, "hint")) continue;
        else if (!strcmp(id, "file")) result = snd_config_get_string(node, &path);
        else if (!strcmp(id, "format")) result = snd_config_get_string(node, &format_name);
        else if (!strcmp(id, "fault")) result = snd_config_get_string(node, &fault_path);
        else if (!strcmp(id, "ppm")) result = snd_config_get_ireal(node, &ppm);
        else if (!strcmp(id, "granularity")) result = snd_config_get_integer(node, &granularity);
        else if (!strcmp(id, "loop")) result = snd_config_get_integer(node, &loop);
        else if (!strcmp(id, "latency")) result = snd_config_get_integer(node, &latency);
        else if (!strcmp(id, "stamp")) result = snd_config_get_integer(node, &stamp);
        else if (!strcmp(id, "channels")) result = snd_config_get_integer(node, &channels);
        else if (!strcmp(id, "rate")) result = snd_config_get_integer(node, &only_rate);
        else result = -EINVAL;
        if (result < 0) {
            SNDERR("ztest: field %s", id);
            return -EINVAL;
        }
    }
    snd_pcm_format_t format = snd_pcm_format_value(format_name);
    if (format == SND_PCM_FORMAT_UNKNOWN) {
        SNDERR("ztest: format %s", format_name);
        return -EINVAL;
    }
    if (current_fault(fault_path) == GONE) return -ENODEV;
    if (current_fault(fault_path) == BUSY) return -EBUSY;

    card_t *card = calloc(1, sizeof *card);
    if (!card) return -ENOMEM;
    card->file = card->timer = -1;
    card->ppm = ppm;
    card->granularity = granularity;
    card->latency = latency;
    card->loop = loop != 0;
    card->stamp = stamp != 0;
    card->avail_min = 1;
    card->stuck_at = -1;
    if (fault_path) card->fault_path = strdup(fault_path);
    if (path) {
        int flags = stream == SND_PCM_STREAM_PLAYBACK ? O_WRONLY | O_CREAT | O_APPEND : O_RDONLY;
        card->path = strdup(path);
        card->file = open(path, flags | O_CLOEXEC, 0644);
        if (card->file < 0) {
            int result = -errno;
            SNDERR("ztest: %s: %s", path, strerror(errno));
            free_card(card);
            return result;
        }
    }
    card->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    card->io.version = SND_PCM_IOPLUG_VERSION;
    card->io.name = "zegod test card";
    card->io.callback = &callbacks;
    card->io.private_data = card;
    card->io.poll_fd = card->timer;
    card->io.poll_events = POLLIN;
    card->io.flags = SND_PCM_IOPLUG_FLAG_MONOTONIC;
    int result = snd_pcm_ioplug_create(&card->io, name, stream, mode);
    if (result < 0) {
        free_card(card);
        return result;
    }
    static const unsigned int access[] = {SND_PCM_ACCESS_RW_INTERLEAVED, SND_PCM_ACCESS_MMAP_INTERLEAVED};
    unsigned int formats[] = {(unsigned int)format};
    if (snd_pcm_ioplug_set_param_list(&card->io, SND_PCM_IOPLUG_HW_ACCESS, 2, access) < 0
        || snd_pcm_ioplug_set_param_list(&card->io, SND_PCM_IOPLUG_HW_FORMAT, 1, formats) < 0
        || offer(&card->io, SND_PCM_IOPLUG_HW_CHANNELS, channels, 1, 8) < 0
        || offer(&card->io, SND_PCM_IOPLUG_HW_RATE, only_rate, 8000, 192000) < 0
        || offer(&card->io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, 0, 64, 65536) < 0
        || offer(&card->io, SND_PCM_IOPLUG_HW_BUFFER_BYTES, 0, 128, 1 << 20) < 0
        || offer(&card->io, SND_PCM_IOPLUG_HW_PERIODS, 0, 2, 64) < 0) {
        // Closes the card, too.
        snd_pcm_ioplug_delete(&card->io);
        return -EINVAL;
    }
    *pcmp = card->io.pcm;
    return 0;
}
SND_PCM_PLUGIN_SYMBOL(ztest);
