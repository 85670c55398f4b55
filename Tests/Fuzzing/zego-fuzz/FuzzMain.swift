import FuzzDriver
import Glibc

/// `zego-fuzz TARGET [options of libFuzzer] [corpus…]`: gives a parser inputs that libFuzzer makes up, led by what of the
/// code they reach. A trap, a sanitizer's finding, or an input that takes longer than its time ends it with an error.
@main
enum FuzzMain {
    static func main() {
        let names = FuzzTarget.all.map(\.name)
        guard CommandLine.argc > 1, let target = FuzzTarget.all.first(where: { $0.name == CommandLine.arguments[1] })
        else {
            print(names.joined(separator: "\n"))
            exit(CommandLine.argc > 1 ? 64 : 0)
        }
        FuzzTarget.chosen = target.run
        // The name of the target is none of libFuzzer's business.
        var arguments = ([CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)).map { strdup($0) } + [nil]
        var count = CInt(arguments.count - 1)
        let code = arguments.withUnsafeMutableBufferPointer { buffer -> CInt in
            var start = buffer.baseAddress
            return LLVMFuzzerRunDriver(&count, &start) { data, size in
                FuzzTarget.chosen(UnsafeRawBufferPointer(start: data, count: size))
                return 0
            }
        }
        exit(code)
    }
}
