import Foundation
import Values

/// A workbook (XLSX): its sheets, and what their cells refer to.
final class Workbook {
    /// A sheet that people see.
    struct Sheet: Sendable, Equatable {
        let name: String
        /// The entry of the archive that holds it.
        let part: String
    }

    let archive: ZipArchive
    /// The sheets that are not hidden, in their order.
    let sheets: [Sheet]
    /// Whether days are counted from 1904.
    let from1904: Bool
    let formats: [CellFormat]
    private let stringsPart: String

    /// Opens a workbook. Throws a `Problem` for a file that is none.
    init(_ path: String) throws {
        archive = try ZipArchive(path)
        guard let main = try archive.open("xl/workbook.xml") else { throw Workbook.none }
        let book = BookListener()
        try XMLStream(book).read(main)
        let relations = RelationListener()
        if let entry = try archive.open("xl/_rels/workbook.xml.rels") { try XMLStream(relations).read(entry) }
        sheets = book.sheets.compactMap { sheet in
            relations.targets[sheet.relation].map { Sheet(name: sheet.name, part: $0) }
        }
        from1904 = book.from1904
        stringsPart = relations.strings ?? "xl/sharedStrings.xml"
        let styles = StyleListener()
        if let entry = try archive.open(relations.styles ?? "xl/styles.xml") { try XMLStream(styles).read(entry) }
        formats = styles.formats
        guard !sheets.isEmpty else { throw Workbook.none }
    }

    /// The sheet of a name; without one the first.
    func sheet(_ name: String?) throws -> Sheet {
        guard let name else { return sheets[0] }
        guard let sheet = sheets.first(where: { $0.name == name }) else {
            let shown = String(name.prefix(60))
            throw Problem.invalid(
                "sheet",
                "unknown_sheet",
                Label(
                    "The workbook has no sheet «\(shown)»; it has \(sheets.map(\.name).joined(separator: ", ")).",
                    zh: "文件中没有工作表“\(shown)”，现有：\(sheets.map(\.name).joined(separator: "、"))。"
                )
            )
        }
        return sheet
    }

    /// The texts that cells name by number, unpacked into `folder`.
    func strings(folder: String) throws -> SharedStrings {
        try SharedStrings(archive, stringsPart, folder: folder)
    }

    /// Whether a file is a workbook: a zip file with the part that every workbook has.
    static func isWorkbook(_ path: String) -> Bool {
        guard let archive = try? ZipArchive(path) else { return false }
        return archive.has("xl/workbook.xml")
    }

    static let none = Problem(
        .unsupported,
        "not_a_workbook",
        Label(
            "This archive is no XLSX workbook. Save the table as XLSX or CSV and upload that.",
            zh: "该压缩文件不是 XLSX 表格。请将表格另存为 XLSX 或 CSV 后再上传。"
        )
    )
}

private final class BookListener: XMLListener {
    var sheets: [(name: String, relation: String)] = []
    var from1904 = false

    func start(_ tag: XMLTag) {
        if tag.isNamed("workbookPr") {
            from1904 = ["1", "true"].contains(tag["date1904"] ?? "")
        } else if tag.isNamed("sheet"), sheets.count < 1000, let name = tag["name"], let relation = tag["id"] {
            if ["hidden", "veryHidden"].contains(tag["state"] ?? "") { return }
            sheets.append((name, relation))
        }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
    func end(_ tag: XMLTag) {}
}

private final class RelationListener: XMLListener {
    var targets: [String: String] = [:]
    var strings: String?
    var styles: String?

    func start(_ tag: XMLTag) {
        guard tag.isNamed("Relationship"), targets.count < 10_000, let id = tag["Id"], let target = tag["Target"] else {
            return
        }
        // Targets lie beside the workbook, or are written from the root.
        let part = target.hasPrefix("/") ? String(target.dropFirst()) : "xl/" + target
        targets[id] = part
        let type = tag["Type"] ?? ""
        if type.hasSuffix("/sharedStrings") { strings = part }
        if type.hasSuffix("/styles") { styles = part }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
    func end(_ tag: XMLTag) {}
}
