/// When a stream's time is to be stretched, how far, and how good the place must be.
///
/// Nobody hears what is cut out of a pause, so there everything is put right at once. In speech, one pitch period more
/// or less is not heard where two of them look alike; how alike they must look depends on what is at stake: with a
/// delay of a tenth of a second too much, a seam that might be heard is the smaller evil. Between the bounds nothing
/// is done: the target itself moves by a few milliseconds all the time.
package struct StretchPolicy: BitwiseCopyable {
    /// What is to be done with the sound at hand.
    package struct Order: BitwiseCopyable {
        /// Samples to be taken away at most; negative: about as many are to be added; 0: nothing.
        package var samples: Int
        /// The least normalised correlation of what is put together; −1: any place will do.
        package var likeness: Float
        /// Several pitch periods may go at once.
        package var allowsSeveral: Bool

        @_noAllocation @_noLocks
        package init(samples: Int, likeness: Float, allowsSeveral: Bool) {
            self.samples = samples
            self.likeness = likeness
            self.allowsSeveral = allowsSeveral
        }

        package static var nothing: Order {
            @_noAllocation @_noLocks get { Order(samples: 0, likeness: 1, allowsSeveral: false) }
        }
    }

    // Samples at 48 kHz.
    private static var quietExcess: Int { 192 }
    private static var quietDeficit: Int { 120 }
    private static var smallExcess: Int { 480 }
    private static var largeExcess: Int { 1920 }
    private static var urgentExcess: Int { 4800 }
    private static var smallDeficit: Int { 240 }
    private static var largeDeficit: Int { 960 }
    /// Between two changes of speech, while the deviation is small and while it is large.
    private static var longPause: Int { 3840 }
    private static var shortPause: Int { 1920 }
    /// After so long without a good place, a fair one will do.
    private static var patience: Int { 48_000 }
    /// Where counting ends.
    private static var never: Int { 1_000_000 }

    private var sinceChange = 48_000
    private var sinceBalance = 0
    /// There is more delay than is wanted: whoever decodes may do so ahead of time, to have more to choose from.
    package private(set) var isBehind = false

    @_noAllocation @_noLocks
    package init() {}

    /// Decides about sound that was just decoded.
    /// - Parameters:
    ///   - excess: samples by which its delay is above the target; negative: below.
    ///   - isQuiet: nobody speaks in it.
    ///   - frames: its length.
    @_noAllocation @_noLocks
    package mutating func decide(excess: Int, isQuiet: Bool, frames: Int) -> Order {
        sinceChange = min(sinceChange + frames, StretchPolicy.never)
        isBehind = excess >= StretchPolicy.smallExcess
        if excess > -StretchPolicy.smallDeficit, excess < StretchPolicy.smallExcess {
            sinceBalance = 0
        } else {
            sinceBalance = min(sinceBalance + frames, StretchPolicy.never)
        }
        if isQuiet {
            guard excess >= StretchPolicy.quietExcess || excess <= -StretchPolicy.quietDeficit else { return .nothing }
            return Order(samples: excess, likeness: -1, allowsSeveral: true)
        }
        let isTired = sinceBalance > StretchPolicy.patience
        if excess >= StretchPolicy.urgentExcess {
            return Order(samples: excess, likeness: 0.4, allowsSeveral: true)
        }
        if excess >= StretchPolicy.largeExcess || excess <= -StretchPolicy.largeDeficit {
            return order(excess, likeness: isTired ? 0.4 : 0.6, pause: StretchPolicy.shortPause)
        }
        if excess >= StretchPolicy.smallExcess || excess <= -StretchPolicy.smallDeficit {
            return order(excess, likeness: isTired ? 0.6 : 0.85, pause: StretchPolicy.longPause)
        }
        return .nothing
    }

    /// Something was taken away or added.
    @_noAllocation @_noLocks
    package mutating func changed() {
        sinceChange = 0
    }

    @_noAllocation @_noLocks
    private func order(_ excess: Int, likeness: Float, pause: Int) -> Order {
        sinceChange >= pause ? Order(samples: excess, likeness: likeness, allowsSeveral: false) : .nothing
    }
}
