import Glibc

/// The processor time of the threads of a process, by their names, as the kernel tells it in /proc.
package struct ThreadTimes: Sendable, Equatable {
    /// Seconds by name; threads of the same name, and those that differ in a number at the end only, count together.
    package private(set) var seconds: [String: Double] = [:]

    package init() {}

    /// Reads the threads of a process; nothing of one that is gone or hidden.
    package init(processID: Int) {
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        guard let directory = opendir("/proc/\(processID)/task") else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.first?.isNumber == true,
                let file = try? SmallFile.read("/proc/\(processID)/task/\(name)/stat")
            else { continue }
            add(String(decoding: file.bytes, as: UTF8.self), ticksPerSecond: ticks)
        }
    }

    /// Adds one line of `/proc/PID/task/TID/stat` (proc(5)).
    package mutating func add(_ line: String, ticksPerSecond: Double) {
        // The name may hold spaces and parentheses itself.
        guard let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")"), open < close else { return }
        let fields = line[line.index(after: close)...].split(separator: " ")
        // utime and stime are the 14th and the 15th; the state is the third.
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]), ticksPerSecond > 0
        else {
            return
        }
        seconds[Self.group(line[line.index(after: open)..<close]), default: 0] += (user + system) / ticksPerSecond
    }

    private static func group(_ name: Substring) -> String {
        if name.hasPrefix("NIO-") { return "event loops" }
        var end = name.endIndex
        while end > name.startIndex, name[name.index(before: end)].isNumber { end = name.index(before: end) }
        guard end < name.endIndex, end > name.startIndex, name[name.index(before: end)] == "-" else {
            return String(name)
        }
        return String(name[..<name.index(before: end)])
    }

    /// Percent of one processor since `earlier`, the busiest first; threads that did nothing are left out.
    package func percent(since earlier: ThreadTimes, elapsed: Double) -> [(name: String, percent: Double)] {
        guard elapsed > 0 else { return [] }
        return seconds.map { name, time in (name, max(0, time - (earlier.seconds[name] ?? 0)) / elapsed * 100) }
            .filter { $0.1 >= 0.05 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }
}
