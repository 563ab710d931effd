import Files
import Foundation
import Identity
import Values

/// The columns of a table that name files.
struct FileColumns: Sendable {
    /// Those that go into fields: a file each.
    var fields: [Int] = []
    /// Those whose files become attachments of the record: any number each.
    var attachments: [Int] = []

    var isEmpty: Bool { fields.isEmpty && attachments.isEmpty }
}

/// Takes the files that come with rows into the workspace before the rows are written.
protocol RowFiles {
    /// The rows with ids in the columns that name files.
    func take(_ rows: [ImportRow], _ columns: FileColumns) async throws -> [ImportRow]

    /// What could not be taken though its row was, in words; nil for nothing.
    var remark: Label? { get }
}

/// Takes the files that rows of an archive name into the workspace, and puts their ids in the place of their paths.
///
/// What has been taken hangs on nothing until its row is written; if that never happens it is cleared away after a day,
/// like any upload.
final class ArchiveFiles: RowFiles {
    /// How many rows are prepared at once: each may bring many files.
    static let rows = 50

    private let archive: ZipArchive
    /// The folder of the archive in which the table lies, with a slash at its end; empty for none.
    private let folder: String
    private let files: Files
    private let actor: Actor
    /// A row whose file is not taken says so itself.
    let remark: Label? = nil

    /// The files of an archive.
    init(_ path: String, _ files: Files, as actor: Actor) throws {
        archive = try ZipArchive(path, most: ArchiveTable.mostEntries)
        let table = try ArchiveTable.name(in: archive)
        folder = table.lastIndex(of: "/").map { String(table[...$0]) } ?? ""
        self.files = files
        self.actor = actor
    }

    /// The rows with ids in the columns that name files. A row whose file is missing or refused says so itself.
    func take(_ rows: [ImportRow], _ columns: FileColumns) async throws -> [ImportRow] {
        if columns.isEmpty { return rows }
        let limits = try await files.limits()
        var result: [ImportRow] = []
        for row in rows { result.append(try await take(row, columns, limits)) }
        return result
    }

    private func take(_ row: ImportRow, _ columns: FileColumns, _ limits: FileLimits) async throws -> ImportRow {
        guard case .cells(var cells) = row.content, row.fault == nil else { return row }
        do {
            for column in columns.fields where cells.indices.contains(column) && !cells[column].trimmed.isEmpty {
                cells[column] = try await taken(cells[column].trimmed, limits)
            }
            for column in columns.attachments where cells.indices.contains(column) {
                var ids: [String] = []
                for item in CellItems.listed(cells[column]) { ids.append(try await taken(item, limits)) }
                cells[column] = ids.joined(separator: ";")
            }
            return ImportRow(number: row.number, end: row.end, content: .cells(cells), fault: nil)
        } catch let problem as Problem where problem.kind != .unavailable && problem.kind != .failure {
            return ImportRow(number: row.number, end: row.end, content: row.content, fault: problem.message)
        }
    }

    /// A file as the table names it: from the archive's root or from where the table lies, also as Windows writes paths.
    private func entry(_ name: String) throws -> ZipEntry? {
        for name in [name, name.replacing("\\", with: "/")] {
            if let entry = try archive.entry(name) ?? archive.entry(folder + name) { return entry }
        }
        return nil
    }

    private func taken(_ name: String, _ limits: FileLimits) async throws -> String {
        guard let entry = try entry(name) else {
            // An id of an upload, as in a corrected file of errors.
            if RecordID(name) != nil { return name }
            let shown = String(name.prefix(100))
            throw Problem.malformed(
                "no_such_file",
                Label("The ZIP file does not hold «\(shown)».", zh: "ZIP 中没有文件“\(shown)”。")
            )
        }
        let path = files.uploads + "/" + UUID().uuidString
        let last = name.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? name
        let isWhole = try entry.write(to: path, most: limits.size)
        guard isWhole else {
            try? FileManager.default.removeItem(atPath: path)
            throw Problem(
                .tooLarge,
                "file_too_large",
                Label(
                    "«\(last)» is larger than \(limits.size / 1_000_000) MB.",
                    zh: "“\(last)”超过 \(limits.size / 1_000_000) MB 上限。"
                )
            )
        }
        do {
            return try await files.take(path, name: last, as: actor).id.description
        } catch var problem as Problem {
            problem.message = Label("«\(last)»: \(problem.message.en)", zh: "“\(last)”：\(problem.message.zh)")
            throw problem
        }
    }
}
