/// What a ``CaptureProcessor`` was made for.
struct ProcessorKey: Hashable {
    var processing: CaptureProcessing
    var capture: Int
    var render: Int
}
