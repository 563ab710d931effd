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

    private static func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
