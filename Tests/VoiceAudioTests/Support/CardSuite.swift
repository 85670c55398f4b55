import Glibc
import Testing

/// A suite whose cards are files in a directory of its own; ``CardRig/shared`` comes first.
protocol CardSuite {
    var directory: TemporaryDirectory { get }
}

extension CardSuite {
    /// The PCM of the card that captures from or plays into `file`.
    ///
    /// - Parameter rest: more of the card's arguments, each with a comma before it.
    func card(_ file: String, _ rest: String = "") -> String {
        "ztest:FILE=\(directory.path)/\(file),FAULT=\(directory.path)/\(file).fault\(rest)"
    }

    /// Makes that card behave badly, as pcm_ztest.c says; nil: well again.
    func fault(_ file: String, _ word: String?) {
        let path = "\(directory.path)/\(file).fault"
        if let word { #expect(TextFile.write(word, to: path)) } else { unlink(path) }
    }
}
