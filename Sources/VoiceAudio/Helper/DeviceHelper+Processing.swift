// Echo, noise and gain: which processor the audio thread has, by what was asked for and what the devices are.
extension DeviceHelper {
    /// Changes what is done to the microphone's sound.
    func setProcessing(_ processing: CaptureProcessing) {
        self.processing = processing
        updateProcessor()
    }

    /// Channels of input and output; an input, and an output that is a file, is opened anew where that is another number.
    /// That of the output changes only while nothing is played.
    func setChannels(input: Int, output: Int) async {
        guard takesOrders else { return }
        if input != inputChannels {
            await closeInput()
            guard takesOrders else { return }
            inputChannels = input
            openInput()
        }
        if output != outputChannels {
            let isCard = self.output.pcm != nil
            if !isCard { await closeOutput() }
            guard takesOrders else { return }
            outputChannels = output
            send(.setOutputChannels(output))
            if isCard { updateProcessor() } else { openOutput() }
        }
    }

    /// Gives the audio thread the processor that goes with the devices. Files, tones and loop-backs are played as they
    /// are: there is no room around them.
    func updateProcessor() {
        var wanted = input.pcm == nil || !takesOrders ? .none : processing
        if output.pcm == nil { wanted.echo = nil }
        let key =
            wanted == .none
            ? nil : ProcessorKey(processing: wanted, capture: inputChannels, render: outputChannels)
        guard key != installedProcessor else { return }
        installedProcessor = key
        guard key != nil else { return send(.setProcessor(nil)) }
        let pointer = UnsafeMutablePointer<CaptureProcessor>.allocate(capacity: 1)
        pointer.initialize(
            to: CaptureProcessor(wanted, captureChannels: inputChannels, renderChannels: outputChannels))
        lentProcessors += 1
        send(.setProcessor(pointer))
    }

    /// After the devices were closed for good.
    func takeBackProcessor() async {
        installedProcessor = nil
        send(.setProcessor(nil))
        while lentProcessors > 0 { await comingBack(.processor) }
    }
}
