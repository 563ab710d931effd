import FieldKinds
import Files
import Foundation
import Identity
import Records
import Schema
import Values

/// Takes pages of records and makes the bytes of an export from them.
final class ExportSink {
    private let format: ExportFormat
    private let actor: Actor
    private let cells: ExportCells
    private let scratch: String
    private var isFirst = true
    private var book: (writer: WorkbookWriter, path: String)?
    private var archive: ArchiveWriter?
    private let store: FileStore?

    init(_ format: ExportFormat, _ currency: String, _ actor: Actor, scratch: String, store: FileStore?) {
        self.store = store
        self.format = format
        self.actor = actor
        self.scratch = scratch
        let form: CSVWriter.Form
        switch format {
        case .csv(let chosen), .workbook(let chosen): form = chosen
        case .jsonLines, .cards, .newCards, .archive: form = .raw
        }
        cells = ExportCells(
            form: form,
            language: actor.language,
            baseCurrency: currency,
            zone: TimeZone(identifier: actor.timeZone)
        )
    }

    deinit { if let book { try? FileManager.default.removeItem(atPath: book.path) } }

    /// The bytes of a page; none while a workbook or an archive is being made. `files` are those of the page's records.
    func take(_ page: RecordPage, of object: ObjectDefinition?, files: [StoredFile]) throws -> [UInt8] {
        defer { isFirst = false }
        switch format {
        case .csv(let form):
            let columns = ExportColumn.columns(page.plan, form, actor.language)
            var writer = CSVWriter(form, mark: isFirst)
            if isFirst { writer.row(columns.map(\.header)) }
            for row in page.rows { try cells.write(row, columns, to: &writer) }
            return writer.take()
        case .workbook(let form):
            let columns = ExportColumn.columns(page.plan, form, actor.language)
            var writer = try writer(form, object)
            if isFirst { try writer.header(columns.map(\.header)) }
            for row in page.rows { try cells.write(row, columns, to: &writer) }
            return []
        case .jsonLines:
            return lines(page)
        case .cards, .newCards:
            let writer = try CardWriter(page.plan, object, isNew: format == .newCards)
            return page.rows.flatMap { writer.card($0) }
        case .archive:
            try pack(page, object, files)
            return []
        }
    }

    private func pack(_ page: RecordPage, _ object: ObjectDefinition?, _ files: [StoredFile]) throws {
        guard let store else { throw FileStore.unreadable }
        let archive = try archive ?? ArchiveWriter(scratch: scratch, table: object?.plural ?? "table", store)
        self.archive = archive
        let columns = ExportColumn.columns(page.plan, .raw, actor.language, places: true)
        var writer = CSVWriter(.raw, mark: isFirst)
        if isFirst { writer.row(columns.map(\.header) + [ArchiveWriter.attachments]) }
        let hanging = Dictionary(grouping: files) { $0.record }
        for row in page.rows {
            let own = hanging[row.id] ?? []
            let shown = own.filter { file in
                file.field == nil || columns.contains { $0.piece == .place && $0.slot.field.key == file.field }
            }
            try cells.write(row, columns, files: shown, to: &writer)
            for file in shown { try archive.add(file) }
        }
        try archive.write(writer.take())
    }

    private func writer(_ form: CSVWriter.Form, _ object: ObjectDefinition?) throws -> WorkbookWriter {
        if let book { return book.writer }
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        let path = scratch + "/export-" + UUID().uuidString
        let writer = try WorkbookWriter(path, form, sheet: object?.pluralLabel.text(actor.language) ?? "")
        book = (writer, path)
        return writer
    }

    /// Gives what is only complete at the end: a workbook or an archive.
    func finish(_ into: ([UInt8]) async throws -> Void) async throws {
        let path: String
        if let book {
            try book.writer.close()
            path = book.path
        } else if let archive {
            path = try await archive.close()
        } else {
            return
        }
        let file = try openedFile(path)
        defer { try? file.close() }
        while let part = try file.read(upToCount: 1 << 18), !part.isEmpty { try await into([UInt8](part)) }
    }

    private func lines(_ page: RecordPage) -> [UInt8] {
        var bytes: [UInt8] = []
        for row in page.rows {
            var json = JSONWriter()
            json.object { json in
                for slot in page.plan.slots {
                    json.key(slot.field.key)
                    slot.field.write(row.values(slot)[...], name: row.name(slot), to: &json)
                }
            }
            bytes += json.bytes
            bytes.append(0x0A)
        }
        return bytes
    }
}
