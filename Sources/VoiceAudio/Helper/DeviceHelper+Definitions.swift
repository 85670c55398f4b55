import Transport

// A name such as `default` that stands for another device than before.
extension DeviceHelper {
    /// Looks whether the devices in use are still those that their names stand for; what is not is opened anew.
    func checkDefinitions() {
        guard definitions.filesChanged() else { return }
        if isOutdated(input) { Task { await self.reopen(.input) } }
        if isOutdated(output) { Task { await self.reopen(.output) } }
    }

    private func isOutdated(_ device: HeldDevice) -> Bool {
        device.pcm != nil && device.definition != DefinitionWatch.definition(of: device.name)
    }

    private func reopen(_ direction: AudioDirection) async {
        switch direction {
        case .input:
            let name = input.name
            await closeInput()
            guard takesOrders, input.name == name, !input.isInstalled else { return }
            openInput()
        case .output:
            let name = output.name
            await closeOutput()
            guard takesOrders, output.name == name, !output.isInstalled else { return }
            openOutput()
        }
        tellReplaced(direction)
    }
}
