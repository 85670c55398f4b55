import Glibc

/// Runs other programs, without Foundation.
enum Subprocess {
    /// Waits for it; its exit status, or -1.
    static func run(_ program: String, _ arguments: String..., environment: [String: String] = [:]) -> Int32 {
        run(program, arguments, environment: environment)
    }

    static func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) -> Int32 {
        var variables: [String] = []
        var next = environ
        while let entry = next.pointee {
            let variable = String(cString: entry)
            let name = variable.split(separator: "=", maxSplits: 1).first.map(String.init) ?? ""
            if environment[name] == nil { variables.append(variable) }
            next += 1
        }
        variables += environment.map { "\($0.key)=\($0.value)" }
        let argumentPointers = ([program] + arguments).map { strdup($0) } + [nil]
        let variablePointers = variables.map { strdup($0) } + [nil]
        defer { (argumentPointers + variablePointers).forEach { free($0) } }
        var process = pid_t()
        guard posix_spawn(&process, program, nil, nil, argumentPointers, variablePointers) == 0 else { return -1 }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            if errno != EINTR { return -1 }
        }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
    }
}
