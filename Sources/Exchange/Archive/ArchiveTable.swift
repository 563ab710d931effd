import Foundation
import Values

/// The table in an archive (ZIP) that holds a table and the files that its rows name.
enum ArchiveTable {
    /// How many entries an archive may have. All of their names are held while it is read: so many take about 100 MB.
    static let mostEntries = 250_000

    /// True for a ZIP file that is a workbook.
    static func isWorkbook(_ path: String) throws -> Bool {
        let archive = try ZipArchive(path, most: mostEntries)
        return archive.has("[Content_Types].xml") || archive.has("xl/workbook.xml")
    }

    /// How the table is written.
    static func format(_ path: String, heading: Int?, as reading: CSVReading) throws -> CSVFormat {
        try unpacked(path) { try CSVFormat.detect($0, heading: heading, as: reading) }
    }

    /// Calls `body` with the path of the unpacked table, which is gone afterwards.
    static func unpacked<Result>(_ path: String, _ body: (String) throws -> Result) throws -> Result {
        let target = FileManager.default.temporaryDirectory.path + "/kehu-table-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: target) }
        try write(path, to: target)
        return try body(target)
    }

    /// Unpacks the table.
    static func write(_ path: String, to target: String) throws {
        let archive = try ZipArchive(path, most: mostEntries)
        guard let entry = try archive.entry(try name(in: archive)) else { throw ZipArchive.damaged }
        _ = try entry.write(to: target)
    }

    /// The entry that is the table. Throws where there is none, or more than one.
    static func name(in archive: ZipArchive) throws -> String {
        let tables = archive.names.filter(isTable)
        guard let name = tables.first, tables.count == 1 else { throw tables.isEmpty ? none : several(tables) }
        return name
    }

    /// A table lies outside of the folder of files; systems add entries of their own, which begin with a dot or `__`.
    private static func isTable(_ name: String) -> Bool {
        let parts = name.split(separator: "/")
        guard let last = parts.last, !parts.dropLast().contains("files"), !name.hasSuffix("/"),
            !parts.contains(where: { $0.hasPrefix(".") || $0.hasPrefix("__") })
        else { return false }
        return [".csv", ".tsv"].contains { last.lowercased().hasSuffix($0) }
    }

    private static let none = Problem.malformed(
        "no_table",
        Label(
            "The ZIP file holds no table. It needs one file that ends in «.csv»; its cells name the other files.",
            zh: "ZIP 中没有表格。请放入一个 .csv 文件，表格中填写其他文件的路径。"
        )
    )

    private static func several(_ names: [String]) -> Problem {
        let shown = names.prefix(3).map { String($0.prefix(60)) }
        return .malformed(
            "several_tables",
            Label(
                "The ZIP file holds several tables (\(shown.joined(separator: ", "))). Import one at a time.",
                zh: "ZIP 中有多个表格（\(shown.joined(separator: "、"))），请一次只导入一个。"
            )
        )
    }
}
