/// Width and height of an image in pixels.
package struct PixelSize: Sendable, Hashable {
    package let width: Int
    package let height: Int

    /// Larger sides count as this: no provider takes images of a tenth of it.
    private static let largest = 1 << 17

    /// nil unless both are positive.
    package init?(width: Int, height: Int) {
        guard width > 0, height > 0 else { return nil }
        self.width = min(width, Self.largest)
        self.height = min(height, Self.largest)
    }

    private init(_ width: Int, _ height: Int) {
        self.width = width
        self.height = height
    }

    /// An image nobody has measured (behind a URL): a screenshot of 2560 × 1440, for which each provider's rule comes
    /// to about the most it takes for images of common shapes.
    static let typical = PixelSize(2560, 1440)

    var shorter: Int { min(width, height) }
    var longer: Int { max(width, height) }

    /// Scaled down, keeping the shape, until the longer side has at most this many pixels; rounded up.
    func fitting(longer limit: Int) -> PixelSize { scaled(limit, per: longer) }

    /// Scaled down until the shorter side has at most this many pixels; rounded up.
    func fitting(shorter limit: Int) -> PixelSize { scaled(limit, per: shorter) }

    private func scaled(_ limit: Int, per side: Int) -> PixelSize {
        guard side > limit, limit > 0 else { return self }
        return PixelSize((width * limit + side - 1) / side, (height * limit + side - 1) / side)
    }

    /// Squares of this many pixels that cover the image.
    func squares(of side: Int) -> Int {
        ((width + side - 1) / side) * ((height + side - 1) / side)
    }
}
