import CALSA
import Glibc
import Transport

// The C library's functions that the audio thread calls. `_unsafePerformance` takes them out of the compiler's proof
// of `@_noAllocation @_noLocks`; the comment at each says why that is right.

/// The clock read through the vDSO: no system call, no lock.
@_noAllocation @_noLocks
func realtimeNow() -> MonotonicTime {
    _unsafePerformance { MonotonicTime.now() }
}

/// Processor time of this thread, ns: one system call.
@_noAllocation @_noLocks
func realtimeProcessorTime() -> Int64 {
    var time = timespec()
    _unsafePerformance { _ = clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) }
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Pure arithmetic.
@_noAllocation @_noLocks
func realtimeLog10(_ value: Float) -> Float {
    _unsafePerformance { log10f(value) }
}

/// Pure arithmetic.
@_noAllocation @_noLocks
func realtimeSquareRoot(_ value: Float) -> Float {
    _unsafePerformance { value.squareRoot() }
}

/// Pure arithmetic.
@_noAllocation @_noLocks
func realtimeSine(_ value: Double) -> Double {
    _unsafePerformance { sin(value) }
}

/// Copies samples between regions that do not overlap.
@_noAllocation @_noLocks
func copySamples(_ destination: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>, _ count: Int) {
    _unsafePerformance { _ = memcpy(destination, source, count * MemoryLayout<Float>.stride) }
}

/// Copies samples within a region.
@_noAllocation @_noLocks
func moveSamples(_ destination: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>, _ count: Int) {
    _unsafePerformance { _ = memmove(destination, source, count * MemoryLayout<Float>.stride) }
}

/// All zero bits are 0.0.
@_noAllocation @_noLocks
func clearSamples(_ samples: UnsafeMutablePointer<Float>, _ count: Int) {
    _unsafePerformance { _ = memset(samples, 0, count * MemoryLayout<Float>.stride) }
}

/// Copies bytes between regions that do not overlap.
@_noAllocation @_noLocks
func copyBytes(_ destination: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, _ count: Int) {
    _unsafePerformance { _ = memcpy(destination, source, count) }
}
