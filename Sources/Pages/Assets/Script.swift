/// The scripts that improve pages which work without them. They are files of their own in `Scripts`, and part of the
/// program.
public enum Script {
    /// Those of every page.
    static let app = compact(PackageResources.app_js)
    /// That of the palette.
    static let palette = compact(PackageResources.palette_js)
    /// That of boards.
    static let board = compact(PackageResources.board_js)
    /// That of dashboards that are arranged.
    static let tiles = compact(PackageResources.tiles_js)
    /// That of the whale curve.
    static let brush = compact(PackageResources.brush_js)
    /// That of rows that are put in order.
    static let order = compact(PackageResources.order_js)
    /// That of lists.
    static let list = compact(PackageResources.list_js)

    /// That of pages that follow what others change.
    static let live = compact(PackageResources.live_js)
    /// The worker of the app on a phone, before it knows which files there are.
    static let worker = compact(PackageResources.worker_js)

    /// Comments and indentation are for the reader of the source.
    static func compact(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .map { $0.drop { $0 == " " } }
            .filter { !$0.isEmpty && !$0.hasPrefix("//") }
            .joined(separator: "\n")
    }
}
