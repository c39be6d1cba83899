package import Gateway

/// The two lanes behind one port: inference requests go to the data plane's pipeline, everything else to the
/// control plane's router.
package struct Lanes: Sendable {
    package var dataPlane: any RequestHandler
    package var controlPlane: any RequestHandler

    package init(dataPlane: any RequestHandler, controlPlane: any RequestHandler) {
        self.dataPlane = dataPlane
        self.controlPlane = controlPlane
    }

    func handler(forURI uri: String) -> any RequestHandler {
        uri.utf8.starts(with: "/v1/".utf8) ? dataPlane : controlPlane
    }
}
