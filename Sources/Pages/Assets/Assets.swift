/// A file that pages need. Its name holds a hash of its content, so browsers may keep it for ever.
public struct Asset: Sendable {
    /// The address: `/assets/app-HASH.css`.
    public let path: String
    /// The media type for `Content-Type`.
    public let contentType: String
    /// The content.
    public let bytes: [UInt8]

    init(_ name: String, _ type: String, _ contentType: String, _ text: String) {
        bytes = Array(text.utf8)
        self.contentType = contentType
        path = "/assets/\(name)-\(Asset.hash(bytes)).\(type)"
    }

    /// FNV-1a of 64 bits: names must differ when contents do, nobody has to be kept from forging them.
    private static func hash(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 36)
    }
}

/// All files that pages need; they are part of the program.
public enum Assets {
    /// The style sheet.
    public static let style = Asset("app", "css", "text/css; charset=utf-8", StyleSheet.css)
    /// The script, a module.
    public static let script = Asset("app", "js", "text/javascript; charset=utf-8", Script.app)
    /// The script of lists.
    public static let list = Asset("list", "js", "text/javascript; charset=utf-8", Script.list)
    /// The script of boards.
    public static let board = Asset("board", "js", "text/javascript; charset=utf-8", Script.board)
    /// The script of dashboards that are arranged.
    public static let tiles = Asset("tiles", "js", "text/javascript; charset=utf-8", Script.tiles)
    /// The script of the whale curve, over which a stretch is drawn.
    public static let brush = Asset("brush", "js", "text/javascript; charset=utf-8", Script.brush)
    /// The script of rows that are put in order.
    public static let order = Asset("order", "js", "text/javascript; charset=utf-8", Script.order)
    /// The script of the palette, fetched when it is first opened.
    public static let palette = Asset("palette", "js", "text/javascript; charset=utf-8", Script.palette)
    /// The script of pages that follow what others change.
    public static let live = Asset("live", "js", "text/javascript; charset=utf-8", Script.live)
    /// The icons.
    public static let icons = Asset("icons", "svg", "image/svg+xml", Icons.sprite)
    /// The mark in the browser's tab.
    public static let favicon = Asset("favicon", "svg", "image/svg+xml", Icons.favicon)
    /// All of them, for the routes.
    public static let all: [Asset] = own + [ThirdParty.sortable].compactMap(\.self)
    private static let own = [
        style, script, list, board, tiles, order, brush, palette, live, icons, favicon,
    ]

    /// The worker that shows a page without a connection, and keeps the files that pages need.
    public static let worker: String = {
        let files = own.map(\.path)
        let names = "[" + files.map { "'" + $0 + "'" }.joined(separator: ",") + "]"
        let text = Script.worker.replacing("FILES", with: names)
        return text.replacing(
            "VERSION",
            with: Asset("worker", "js", "", text).path.filter { $0.isLetter || $0.isNumber }
        )
    }()

    /// The content security policy of every page: no script or style but ours, nothing from other hosts.
    public static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        + "require-trusted-types-for 'script'; trusted-types kehu"
}

/// The style sheet.
public enum StyleSheet {
    /// All of it.
    public static let css =
        "@layer reset,tokens,base,layout,component,utility;\n"
        + [tokens, base, layout, controls, tables, lists, board, today, records, charts, reports, calendar, print]
        .joined(separator: "\n")
}
