import Glibc

/// What this process uses, as the kernel tells it.
struct ProcessUsage: Sendable {
    /// Processor time by thread.
    var threads = ThreadTimes()
    /// Bytes of memory in RAM.
    var residentBytes = 0
    var openDescriptors = 0
    var maximumDescriptors = 0

    /// At this moment.
    static var present: ProcessUsage {
        var usage = ProcessUsage()
        usage.threads = ThreadTimes(processID: Int(getpid()))
        if let file = try? SmallFile.read("/proc/self/statm") {
            let pages = String(decoding: file.bytes, as: UTF8.self).split(separator: " ").dropFirst().first
            usage.residentBytes = (pages.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
        }
        if let directory = opendir("/proc/self/fd") {
            // Without the two entries that every directory has, and the descriptor of the listing itself.
            var count = -3
            while readdir(directory) != nil { count += 1 }
            closedir(directory)
            usage.openDescriptors = max(0, count)
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            usage.maximumDescriptors = Int(clamping: limit.rlim_cur)
        }
        return usage
    }
}
