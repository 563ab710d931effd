import Foundation

/// Files of other projects that reach the browser. They are installed by `scripts/setup`, never part of this project;
/// what needs one works without it too.
public enum ThirdParty {
    /// SortableJS, for dragging, with its licence in front; nil where it is not installed.
    public static let sortable: Asset? = read("/usr/share/javascript/sortable/Sortable.min.js")
        .map { Asset("sortable", "js", "text/javascript; charset=utf-8", licence + $0) }

    /// The licence as a comment: it asks to stand in every copy, and the installed file has lost it.
    private static let licence =
        "/*\n"
        + (read("/usr/share/doc/libjs-sortable/copyright") ?? "SortableJS, MIT licence").replacing("*/", with: "* /")
        + "\n*/\n"

    /// A project that the program builds on.
    public struct Notice: Sendable {
        /// Its name.
        public let name: String
        /// The name of its licence.
        public let licence: String
        /// The text that asks to be shown, where it is installed; else where it is found.
        public let text: String
    }

    /// The projects that the program builds on; the texts of licences come from the machine.
    public static let notices: [Notice] = known.map { name, licence, package in
        let path = "/usr/share/doc/\(package)/copyright"
        return Notice(name: name, licence: licence, text: read(path) ?? path)
    }

    private static let known: [(String, String, String)] = [
        ("SortableJS", "MIT", "libjs-sortable"), ("SQLite", "Public domain", "libsqlite3-0"),
        ("PostgreSQL (libpq)", "PostgreSQL", "libpq5"), ("libsodium", "ISC", "libsodium23"),
        ("libphonenumber", "Apache-2.0", "libphonenumber8"), ("curl", "curl", "libcurl4"), ("libgd", "GD", "libgd3"),
        ("libqrencode", "LGPL-2.1+", "libqrencode4"), ("libzip", "BSD-3-Clause", "libzip4"), ("zlib", "Zlib", "zlib1g"),
        ("Zstandard", "BSD-3-Clause", "libzstd1"), ("Expat", "MIT", "libexpat1"),
        ("libxlsxwriter", "BSD-2-Clause", "libxlsxwriter4"),
    ]

    private static func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
