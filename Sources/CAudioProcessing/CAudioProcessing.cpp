#include "include/CAudioProcessing.h"

#include <memory>
#include <webrtc/common.h>
#include <webrtc/modules/audio_processing/include/audio_processing.h>

using webrtc::AudioProcessing;
using webrtc::StreamConfig;

namespace {

constexpr int kRate = 48000;
constexpr int kFrames = 480;
/// The library's own bounds of the delay that it is told.
constexpr int kMaximumDelay = 500;
/// The library writes a larger jump down, in memory that it asks for.
constexpr int kLargestJump = 50;

/// One block with the channels apart, as the library wants it.
struct Planes {
    float samples[2][kFrames];
    float *channels[2] = {samples[0], samples[1]};

    void split(const float *interleaved, int count) {
        for (int channel = 0; channel < count; ++channel)
            for (int frame = 0; frame < kFrames; ++frame) samples[channel][frame] = interleaved[frame * count + channel];
    }

    void join(float *interleaved, int count) const {
        for (int channel = 0; channel < count; ++channel)
            for (int frame = 0; frame < kFrames; ++frame) interleaved[frame * count + channel] = samples[channel][frame];
    }
};

}  // namespace

struct caudio_processor {
    std::unique_ptr<AudioProcessing> library;
    StreamConfig capture;
    StreamConfig render;
    bool cancels_echo;
    /// What it was told last; negative: nothing yet.
    int delay;
    Planes planes;
};

namespace {

/// `strength` as an index.
int level(int32_t strength) { return strength < 1 ? 0 : strength > 3 ? 2 : strength - 1; }

int channels(int32_t count) { return count == 2 ? 2 : 1; }

/// Switches the parts on. The library knows all that is asked of it here, so what it answers says nothing new.
void configure(caudio_processor &processor, const caudio_settings &settings) {
    AudioProcessing &library = *processor.library;
    webrtc::ProcessingConfig streams;
    streams.input_stream() = processor.capture;
    streams.output_stream() = processor.capture;
    streams.reverse_input_stream() = processor.render;
    streams.reverse_output_stream() = processor.render;
    library.Initialize(streams);
    // Rumble below the voice costs the others their precision.
    library.high_pass_filter()->Enable(true);
    if (settings.echo > 0) {
        webrtc::EchoCancellation &echo = *library.echo_cancellation();
        const webrtc::EchoCancellation::SuppressionLevel levels[] = {
            webrtc::EchoCancellation::kLowSuppression, webrtc::EchoCancellation::kModerateSuppression,
            webrtc::EchoCancellation::kHighSuppression};
        echo.set_suppression_level(levels[level(settings.echo)]);
        echo.Enable(true);
    }
    if (settings.noise > 0) {
        webrtc::NoiseSuppression &noise = *library.noise_suppression();
        const webrtc::NoiseSuppression::Level levels[] = {
            webrtc::NoiseSuppression::kLow, webrtc::NoiseSuppression::kModerate, webrtc::NoiseSuppression::kHigh};
        noise.set_level(levels[level(settings.noise)]);
        noise.Enable(true);
    }
    if (settings.gain > 0) {
        webrtc::GainControl &gain = *library.gain_control();
        const int decibels[] = {6, 9, 15};
        gain.set_mode(webrtc::GainControl::kAdaptiveDigital);
        gain.set_target_level_dbfs(3);
        gain.set_compression_gain_db(decibels[level(settings.gain)]);
        gain.enable_limiter(true);
        gain.Enable(true);
    }
}

}  // namespace

caudio_processor *caudio_create(caudio_settings settings) {
    webrtc::Config config;
    // The echo's delay is looked for, and the filter is long: what cards report is a hint, not a promise.
    config.Set<webrtc::ExtendedFilter>(new webrtc::ExtendedFilter(true));
    config.Set<webrtc::DelayAgnostic>(new webrtc::DelayAgnostic(true));
    // Would turn the microphone's own volume, which is not ours to turn.
    config.Set<webrtc::ExperimentalAgc>(new webrtc::ExperimentalAgc(false));
    caudio_processor *processor = new caudio_processor();
    processor->library.reset(AudioProcessing::Create(config));
    processor->capture = StreamConfig(kRate, channels(settings.capture_channels));
    processor->render = StreamConfig(kRate, channels(settings.render_channels));
    processor->cancels_echo = settings.echo > 0;
    processor->delay = -1;
    configure(*processor, settings);
    return processor;
}

void caudio_destroy(caudio_processor *processor) { delete processor; }

void caudio_render(caudio_processor *processor, const float *samples) {
    if (!processor->cancels_echo) return;
    const int channels = processor->render.num_channels();
    processor->planes.split(samples, channels);
    processor->library->ProcessReverseStream(
        processor->planes.channels, processor->render, processor->render, processor->planes.channels);
}

void caudio_capture(caudio_processor *processor, float *samples, int32_t delay_ms) {
    const int channels = processor->capture.num_channels();
    int delay = delay_ms < 0 ? 0 : delay_ms > kMaximumDelay ? kMaximumDelay : delay_ms;
    if (processor->delay >= 0 && delay > processor->delay + kLargestJump) delay = processor->delay + kLargestJump;
    processor->delay = delay;
    if (processor->cancels_echo) processor->library->set_stream_delay_ms(delay);
    processor->planes.split(samples, channels);
    const int failed = processor->library->ProcessStream(
        processor->planes.channels, processor->capture, processor->capture, processor->planes.channels);
    // Unprocessed sound is better than none.
    if (failed == 0) processor->planes.join(samples, channels);
}
