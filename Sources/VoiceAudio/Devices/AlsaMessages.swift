import CALSA
import Glibc
import Synchronization

/// What alsa-lib would print to standard error ("ALSA lib pcm.c:… Unknown PCM foo"), kept for our own messages
/// instead.
///
/// The handler is set per thread (`snd_lib_error_set_local`), and each caller asks on its own thread; a mutex makes
/// the store safe when two threads ask at once. The audio thread discards: see ``discardOnThisThread()``.
enum AlsaMessages {
    private static let store = Mutex<[UInt: [String]]>([:])

    /// Runs `body` and gathers what alsa-lib said meanwhile on this thread.
    static func collecting<Result>(_ body: () -> Result) -> (result: Result, messages: [String]) {
        let thread = UInt(pthread_self())
        store.withLock { $0[thread] = [] }
        let former = snd_lib_error_set_local { @Sendable _, _, _, _, format, arguments in
            guard let format, let arguments else { return }
            var text = [CChar](repeating: 0, count: 256)
            vsnprintf(&text, text.count, format, arguments)
            let message = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            AlsaMessages.store.withLock { messages in
                if (messages[UInt(pthread_self())]?.count ?? 16) < 16 {
                    messages[UInt(pthread_self())]?.append(message)
                }
            }
        }
        let result = body()
        snd_lib_error_set_local(former)
        let messages = store.withLock { $0.removeValue(forKey: thread) ?? [] }
        return (result, messages)
    }

    /// From now on alsa-lib is silent on this thread: its errors come back as results anyway, and printing is no
    /// business of the audio thread.
    static func discardOnThisThread() {
        _ = snd_lib_error_set_local { @Sendable _, _, _, _, _, _ in }
    }
}
