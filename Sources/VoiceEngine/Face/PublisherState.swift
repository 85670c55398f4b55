/// The states of `onPublisherStateUpdate`.
package enum PublisherState: String, Sendable {
    case noPublish = "no-publish"
    case publishRequesting = "publish-requesting"
    case publishing
}
