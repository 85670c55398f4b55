import Glibc

/// What a machine tells of itself in /proc and /sys, for the diagnosis.
package enum MachineFacts {
    /// Whether the kernel knows a sound card.
    package static var hasSoundCards: Bool {
        guard let file = try? SmallFile.read("/proc/asound/cards") else { return false }
        return !String(decoding: file.bytes, as: UTF8.self).contains("no soundcards")
    }

    /// The names of the programs that have a sound device open, as far as this user may see them.
    package static var soundDeviceHolders: [String] {
        var names: Set<String> = []
        for process in entries("/proc") where process.allSatisfy(\.isNumber) {
            let descriptors = "/proc/\(process)/fd"
            let holds = entries(descriptors).contains { (link("\(descriptors)/\($0)") ?? "").hasPrefix("/dev/snd/pcm") }
            guard holds, let name = try? SmallFile.read("/proc/\(process)/comm") else { continue }
            names.insert("\(String(decoding: name.bytes, as: UTF8.self).prefix { $0 != "\n" }) (pid \(process))")
        }
        return names.sorted()
    }

    /// The soft limit of realtime priorities of a process; nil when it is not told.
    package static func realtimeLimit(processID: Int) -> Int? {
        guard let file = try? SmallFile.read("/proc/\(processID)/limits") else { return nil }
        let lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("Max realtime priority") }) else { return nil }
        return line.split(separator: " ").dropFirst(3).first.flatMap { Int($0) }
    }

    /// Whether a time server keeps the clock: systemd-timesyncd says so, or another keeper runs; nil on a machine where that
    /// cannot be told.
    package static var isClockSynchronised: Bool? {
        let keepers = [
            "/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid", "/run/chronyd.pid", "/run/ntpd.pid",
            "/run/openntpd.pid",
        ]
        if keepers.contains(where: { access($0, F_OK) == 0 }) { return true }
        return access("/run/systemd/system", F_OK) == 0 ? false : nil
    }

    /// Free bytes where a path lies; nil when it cannot be asked.
    package static func freeBytes(_ path: String) -> UInt64? {
        var information = statvfs()
        guard statvfs(path, &information) == 0 else { return nil }
        return UInt64(information.f_bavail) * UInt64(information.f_frsize)
    }

    /// Whether a user is named in a group's line of the user database, whatever the groups of this process are.
    package static func isMember(_ user: String, of group: String) -> Bool {
        guard let entry = getgrnam(group), var member = entry.pointee.gr_mem else { return false }
        while let name = member.pointee {
            if String(cString: name) == user { return true }
            member += 1
        }
        return false
    }

    /// The name of this process's user.
    package static var userName: String {
        guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else { return "\(geteuid())" }
        return String(cString: name)
    }

    private static func entries(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names.filter { !$0.hasPrefix(".") }
    }

    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
