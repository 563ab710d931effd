public import Values

/// What a file is, by what it holds. Its name is only asked where the bytes say nothing.
public struct FileType: Sendable, Equatable {
    /// What a browser or system could do with it by itself.
    public enum Danger: String, Sendable, CaseIterable {
        /// Pages that a browser runs: HTML, SVG, XML with style sheets.
        case page
        /// Programs: for Windows, Linux, macOS, Java, Android, and installers.
        case program
        /// Scripts: of a shell, of Windows, JavaScript.
        case script

        /// The name for people.
        public var label: Label {
            switch self {
            case .page: Label("web pages (HTML, SVG)", zh: "网页类文件（HTML、SVG）")
            case .program: Label("programs", zh: "可执行程序")
            case .script: Label("scripts", zh: "脚本文件")
            }
        }
    }

    /// The media type.
    public let name: String
    /// Nil for what only lies there.
    public let danger: Danger?

    /// True for pictures that browsers show.
    public var isPicture: Bool { ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(name) }

    init(_ name: String, _ danger: Danger? = nil) {
        self.name = name
        self.danger = danger
    }

    /// The type of a stored name.
    public init(stored name: String) { self.init(name) }

    /// How many bytes of a file are looked at.
    static let lookedAt = 4096

    /// The type of a file that begins with `head` and is called `name`.
    public static func detect(_ head: [UInt8], name: String) -> FileType {
        let byContent = magic(head) ?? text(head, name: name) ?? FileType("application/octet-stream")
        if byContent.danger != nil { return byContent }
        if let byName = dangerous(name) { return FileType(byContent.name, byName) }
        return refined(byContent, head, name)
    }

    private static let magics: [(start: Int, bytes: [UInt8], type: FileType)] = [
        (0, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], FileType("image/png")),
        (0, [0xFF, 0xD8, 0xFF], FileType("image/jpeg")),
        (0, Array("GIF8".utf8), FileType("image/gif")),
        (0, Array("BM".utf8), FileType("image/bmp")),
        (0, [0x49, 0x49, 0x2A, 0x00], FileType("image/tiff")),
        (0, [0x4D, 0x4D, 0x00, 0x2A], FileType("image/tiff")),
        (0, Array("%PDF-".utf8), FileType("application/pdf")),
        (0, Array("{\\rtf".utf8), FileType("application/rtf")),
        (0, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], FileType("application/x-ole-storage")),
        (0, [0x50, 0x4B, 0x03, 0x04], FileType("application/zip")),
        (0, [0x50, 0x4B, 0x05, 0x06], FileType("application/zip")),
        (0, Array("Rar!".utf8), FileType("application/vnd.rar")),
        (0, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], FileType("application/x-7z-compressed")),
        (0, [0x1F, 0x8B], FileType("application/gzip")),
        (257, Array("ustar".utf8), FileType("application/x-tar")),
        (0, Array("ID3".utf8), FileType("audio/mpeg")),
        (0, [0xFF, 0xFB], FileType("audio/mpeg")),
        (0, Array("OggS".utf8), FileType("audio/ogg")),
        (0, Array("fLaC".utf8), FileType("audio/flac")),
        (0, Array("#!AMR".utf8), FileType("audio/amr")),
        (0, [0x1A, 0x45, 0xDF, 0xA3], FileType("video/webm")),
        (0, Array("MZ".utf8), FileType("application/vnd.microsoft.portable-executable", .program)),
        (0, [0x7F, 0x45, 0x4C, 0x46], FileType("application/x-executable", .program)),
        (0, [0xCA, 0xFE, 0xBA, 0xBE], FileType("application/java-vm", .program)),
        (0, [0xCF, 0xFA, 0xED, 0xFE], FileType("application/x-mach-binary", .program)),
        (0, [0xCE, 0xFA, 0xED, 0xFE], FileType("application/x-mach-binary", .program)),
        (0, Array("dex\n".utf8), FileType("application/x-dex", .program)),
        (0, Array("MSCF".utf8), FileType("application/vnd.ms-cab-compressed", .program)),
        (0, [0x4C, 0x00, 0x00, 0x00, 0x01, 0x14, 0x02, 0x00], FileType("application/x-ms-shortcut", .program)),
        (0, Array("#!".utf8), FileType("text/x-script", .script)),
    ]

    private static func magic(_ head: [UInt8]) -> FileType? {
        func holds(_ bytes: [UInt8], at start: Int) -> Bool {
            head.count >= start + bytes.count && head[start..<(start + bytes.count)].elementsEqual(bytes)
        }
        if holds(Array("RIFF".utf8), at: 0), head.count >= 12 {
            if holds(Array("WEBP".utf8), at: 8) { return FileType("image/webp") }
            if holds(Array("WAVE".utf8), at: 8) { return FileType("audio/wav") }
            if holds(Array("AVI ".utf8), at: 8) { return FileType("video/x-msvideo") }
        }
        if holds(Array("ftyp".utf8), at: 4), head.count >= 12 {
            switch String(decoding: head[8..<12], as: UTF8.self) {
            case "heic", "heix", "mif1", "msf1": return FileType("image/heic")
            case "avif": return FileType("image/avif")
            case "M4A ": return FileType("audio/mp4")
            case "qt  ": return FileType("video/quicktime")
            default: return FileType("video/mp4")
            }
        }
        return magics.first { holds($0.bytes, at: $0.start) }?.type
    }

    /// What browsers would take for a page is one, whatever stands behind it.
    private static func text(_ head: [UInt8], name: String) -> FileType? {
        if head.isEmpty { return FileType("text/plain") }
        let isWide = head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF])
        let plain = isWide ? head.filter { $0 != 0 } : head
        let start = String(decoding: plain.prefix(2048), as: UTF8.self).lowercased()
        let tags = [
            "<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<svg", "<img", "<style", "<title",
            "<meta", "<link", "<object", "<embed", "<form", "<xsl:", "<?xml-stylesheet", "<a ", "<div", "<table",
            "<h1", "<p>", "<br", "<font", "<!--", "<hta:", "<base", "<frameset", "<math", "xmlns=\"http://www.w3.org/",
        ]
        let isMarkup = start.drop { $0.isWhitespace || $0 == "\u{FEFF}" }.hasPrefix("<")
        if isMarkup, tags.contains(where: { start.contains($0) }) { return FileType("text/html", .page) }
        let controls = plain.contains { $0 < 0x20 && ![0x09, 0x0A, 0x0C, 0x0D, 0x1B].contains($0) }
        if controls || (!isWide && head.contains(0)) { return nil }
        if isMarkup, start.contains("<?xml") { return FileType("application/xml") }
        return FileType("text/plain")
    }

    /// Names that a system runs when somebody opens them, whatever is inside.
    private static func dangerous(_ name: String) -> Danger? {
        switch suffix(name) {
        case "html", "htm", "xhtml", "xht", "shtml", "mht", "mhtml", "svg", "svgz", "xsl", "xslt": .page
        case "exe", "dll", "com", "scr", "pif", "msi", "msp", "cpl", "jar", "apk", "app", "dmg", "deb", "rpm", "lnk",
            "sys", "drv", "gadget", "appimage", "run", "elf", "msix", "appx", "iso", "img", "vhd":
            .program
        case "js", "mjs", "cjs", "jse", "vbs", "vbe", "wsf", "wsh", "hta", "bat", "cmd", "ps1", "psm1", "sh", "bash",
            "zsh", "py", "pl", "rb", "php", "jsp", "asp", "aspx", "reg", "inf", "scf", "url", "desktop", "command":
            .script
        default: nil
        }
    }

    /// What containers and texts are more exactly.
    private static func refined(_ type: FileType, _ head: [UInt8], _ name: String) -> FileType {
        let end = suffix(name)
        switch type.name {
        case "application/zip":
            let office = [
                "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                "odt": "application/vnd.oasis.opendocument.text",
                "ods": "application/vnd.oasis.opendocument.spreadsheet",
            ]
            let start = String(decoding: head, as: UTF8.self)
            guard ["[Content_Types].xml", "_rels/", "mimetype", "docProps/"].contains(where: { start.contains($0) })
            else { return type }
            return office[end].map { FileType($0) } ?? type
        case "application/x-ole-storage":
            let office = ["doc": "application/msword", "xls": "application/vnd.ms-excel"]
            return FileType(office[end] ?? (end == "ppt" ? "application/vnd.ms-powerpoint" : type.name))
        case "text/plain":
            let texts = ["csv": "text/csv", "vcf": "text/vcard", "ics": "text/calendar", "json": "application/json"]
            return FileType(texts[end] ?? type.name)
        default: return type
        }
    }

    /// What stands behind the last dot, in small letters; dots and blanks at the end count for nothing.
    static func suffix(_ name: String) -> String {
        var name = name.lowercased()
        while let last = name.last, last == "." || last.isWhitespace { name.removeLast() }
        guard let dot = name.lastIndex(of: ".") else { return "" }
        return String(name[name.index(after: dot)...])
    }
}
