// Echo cancellation, noise suppression and gain control of libwebrtc-audio-processing for Swift: C++ behind a C face.
//
// A processor works on blocks of 10 ms at 48 kHz, interleaved, within ±1. It is made, warmed up and freed where
// allocating is allowed; what the realtime thread calls carries the attributes that let code under
// @_noAllocation @_noLocks call it: after the warm-up the library allocates nothing (the allocation test of
// VoiceAudioTests counts), and its mutexes are taken by nobody else, because a processor belongs to one thread at a time.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZEGO_REALTIME __attribute__((swift_attr("@_noAllocation"))) __attribute__((swift_attr("@_noLocks")))

typedef struct caudio_processor caudio_processor;

/// What a processor does; a strength is 0 for off, 1 soft, 2 medium, 3 aggressive.
typedef struct {
    /// Channels that are captured, and channels of the mix that is played: 1 or 2.
    int32_t capture_channels;
    int32_t render_channels;
    int32_t echo;
    int32_t noise;
    int32_t gain;
} caudio_settings;

/// Makes a processor. What is out of its range is taken as the nearest that is in it.
caudio_processor *_Nonnull caudio_create(caudio_settings settings);

void caudio_destroy(caudio_processor *_Nonnull processor);

/// Takes a block that goes to the loudspeaker: what an echo is recognised by.
ZEGO_REALTIME void caudio_render(caudio_processor *_Nonnull processor, const float *_Nonnull samples);

/// Processes a captured block in place. `delay_ms`: from handing a block to the loudspeaker's queue until it is heard,
/// and from the microphone until now, together.
ZEGO_REALTIME void caudio_capture(caudio_processor *_Nonnull processor, float *_Nonnull samples, int32_t delay_ms);

#ifdef __cplusplus
}
#endif
