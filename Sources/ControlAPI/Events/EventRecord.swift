import JSONRPC

/// One event as the log keeps it: made once, shared by the ring and by every reader's queue.
struct EventRecord: Sendable {
    /// Its own number if reliable, else that of the last reliable event before it.
    let seq: UInt64
    let name: String
    /// What a volatile event is the latest value of; nil of a reliable event.
    let volatileKey: String?
    /// The fields beyond seq, instance, time and event.
    let fields: JSONObject
    /// The whole event as JSON text, without the closing brace, so that a notification can append its `n`.
    let openText: [UInt8]

    var isReliable: Bool { volatileKey == nil }

    init(
        seq: UInt64, instance: String, microseconds: Int64, name: String, volatileKey: String? = nil, fields: JSONObject
    ) {
        self.seq = seq
        self.name = name
        self.volatileKey = volatileKey
        self.fields = fields
        let object: JSONObject = [
            "seq": .integer(Int64(clamping: seq)), "instance": .string(instance),
            "time": .string(EventTime.text(microseconds: microseconds)), "event": .string(name),
        ]
        var text = JSONValue.object(object.merging(fields)).serialized()
        text.removeLast()
        openText = text
    }
}
