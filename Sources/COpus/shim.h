// Opus for Swift: its ctl calls are variadic C functions and their arguments macros, neither of which Swift imports.
//
// What the realtime thread calls carries the attributes that let code under @_noAllocation @_noLocks call it: libopus
// works on the state it was given and on the stack, and takes no lock (celt/arch.h and the encoder's VARDECL arrays;
// the allocation test of VoiceAudioTests counts).
#pragma once

#include <opus.h>
#include <stddef.h>

#define ZEGO_REALTIME __attribute__((swift_attr("@_noAllocation"))) __attribute__((swift_attr("@_noLocks")))

/// Sets an encoder's parameter: `request` is an OPUS_SET_…_REQUEST.
ZEGO_REALTIME static inline int copus_encoder_set(OpusEncoder *encoder, int request, opus_int32 value) {
    return opus_encoder_ctl(encoder, request, value);
}

/// Reads an encoder's parameter: `request` is an OPUS_GET_…_REQUEST.
static inline int copus_encoder_get(OpusEncoder *encoder, int request, opus_int32 *value) {
    return opus_encoder_ctl(encoder, request, value);
}

/// Forgets the signal so far, keeps the parameters.
ZEGO_REALTIME static inline int copus_decoder_reset(OpusDecoder *decoder) {
    return opus_decoder_ctl(decoder, OPUS_RESET_STATE);
}

ZEGO_REALTIME static inline opus_int32
copus_encode(OpusEncoder *encoder, const float *samples, int frames, unsigned char *packet, opus_int32 capacity) {
    return opus_encode_float(encoder, samples, frames, packet, capacity);
}

/// Decodes `packet`; with `recover`, the redundant copy of the frame before it; without a packet, conceals.
ZEGO_REALTIME static inline int copus_decode(
    OpusDecoder *decoder, const unsigned char *packet, opus_int32 length, float *samples, int frames, int recover) {
    return opus_decode_float(decoder, packet, length, samples, frames, recover);
}

/// Samples per channel at 48 kHz of a packet, from its table of contents; negative when it is not Opus.
ZEGO_REALTIME static inline int copus_packet_samples(const unsigned char *packet, opus_int32 length) {
    return opus_packet_get_nb_samples(packet, length, 48000);
}

/// Whether a packet carries a redundant copy of the frame before it (the LBRR flag, RFC 6716 section 4.2.4, which stands
/// behind the voice activity flags of the SILK frames; libopus has a function for it from 1.4 on only).
ZEGO_REALTIME static inline int copus_packet_has_redundancy(const unsigned char *packet, opus_int32 length) {
    const unsigned char *frames[48];
    opus_int16 sizes[48];
    // Configurations 16 to 31 are CELT only: no redundancy (table 2).
    if (length < 2 || (packet[0] & 0x80)) return 0;
    int count = opus_packet_parse(packet, length, NULL, frames, sizes, NULL);
    if (count < 1 || sizes[0] < 1) return 0;
    int samples = opus_packet_get_samples_per_frame(packet, 48000);
    int voices = samples > 960 ? samples / 960 : 1;
    int middle = frames[0][0] >> (7 - voices) & 1;
    int side = opus_packet_get_nb_channels(packet) == 2 && frames[0][0] >> (6 - 2 * voices) & 1;
    return middle || side;
}
