import Foundation

/// Files of other projects that reach the browser. They are installed by `scripts/setup`, never part of this project;
/// what needs one works without it too.
public enum ThirdParty {
    /// SortableJS, for dragging; nil where it is not installed.
    public static let sortable: Asset? = read("/usr/share/javascript/sortable/Sortable.min.js")
        .map { Asset("sortable", "js", "text/javascript; charset=utf-8", $0) }

    /// The names of the files and the texts of their licences, as far as they are installed.
    public static let notices: [(name: String, text: String)] = [
        ("SortableJS", "/usr/share/doc/libjs-sortable/copyright")
    ].compactMap { name, path in read(path).map { (name, $0) } }

    private static func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
