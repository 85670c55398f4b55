import FoundationEssentials
import Testing

/// Offers as the stacks of the field sent them: Chromium 156 and Firefox 153 by the page (two sections), aiortc 1.16, GStreamer 1.22 and
/// pion 3.1 by WHIP and WHEP.
struct RecordedOffers {
    static let whip = ["aiortc-whip", "gstreamer-whip", "pion-whip"]
    static let whep = ["aiortc-whep", "gstreamer-whep", "pion-whep"]
    static let page = ["chromium", "firefox"]
    static let all = whip + whep + page

    static func text(_ name: String) throws -> String {
        let path = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Offers/\(name).sdp"
        return String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }
}
