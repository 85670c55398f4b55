/// How a turn with a card went.
enum CardOutcome: BitwiseCopyable {
    case fine
    /// The stream broke off (buffer over- or underrun, suspend) and was started again.
    case recovered
    /// The card is gone or stands still: `errno`, negative as ALSA gives it.
    case failed(Int32)
}
