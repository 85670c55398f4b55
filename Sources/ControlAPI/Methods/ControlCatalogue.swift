import JSONRPC
import Logging

extension Catalogue where Context == ControlContext {
    /// The methods of the control socket.
    package static func control(version: String, logger: Logger) -> Catalogue<ControlContext> {
        let methods =
            DaemonMethods.all + EventMethods.all + EngineMethods.all + RoomMethods.all + PublisherMethods.all
            + PlayerMethods.all + MessageMethods.all + SoundMethods.all + ProcessingMethods.all + DeviceMethods.all
            + RecordingMethods.all
        var catalogue = Catalogue(methods: methods, logger: logger)
            .describingItself(title: "zegod control API", version: version, events: EventDescription.all)
        catalogue.remember = { call, method, reply in await call.context.keeper?.note(call, of: method, reply: reply) }
        return catalogue
    }
}

extension Catalogue {
    /// This catalogue with `rpc.discover`, which tells of all methods, itself included.
    func describingItself(
        title: String, version: String, events: [EventDescription] = []
    ) -> Catalogue<Context> {
        func discover(_ document: JSONObject) -> Method<Context> {
            Method("rpc.discover", "This API as an OpenRPC document.") { _ in
                var reply = Reply(document)
                reply.carriesSeq = false
                return reply
            }
        }
        let complete = Catalogue(methods: methods + [discover([:])], logger: logger)
        let document = complete.openRPC(title: title, version: version, events: events)
        return Catalogue(methods: methods + [discover(document)], logger: logger)
    }
}
