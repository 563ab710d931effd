import FieldKinds
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

    init(_ format: ExportFormat, _ currency: String, _ actor: Actor, scratch: String) {
        self.format = format
        self.actor = actor
        self.scratch = scratch
        let form: CSVWriter.Form
        switch format {
        case .csv(let chosen), .workbook(let chosen): form = chosen
        case .jsonLines, .cards: form = .raw
        }
        cells = ExportCells(
            form: form,
            language: actor.language,
            baseCurrency: currency,
            zone: TimeZone(identifier: actor.timeZone)
        )
    }

    deinit { if let book { try? FileManager.default.removeItem(atPath: book.path) } }

    /// The bytes of a page; none while a workbook is being made.
    func take(_ page: RecordPage, of object: ObjectDefinition?) throws -> [UInt8] {
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
        case .cards:
            let writer = try CardWriter(page.plan, object)
            return page.rows.flatMap { writer.card($0) }
        }
    }

    private func writer(_ form: CSVWriter.Form, _ object: ObjectDefinition?) throws -> WorkbookWriter {
        if let book { return book.writer }
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        let path = scratch + "/export-" + UUID().uuidString
        let writer = try WorkbookWriter(path, form, sheet: object?.pluralLabel.text(actor.language) ?? "")
        book = (writer, path)
        return writer
    }

    /// Gives what is only complete at the end: the workbook.
    func finish(_ into: ([UInt8]) async throws -> Void) async throws {
        guard let book else { return }
        try book.writer.close()
        let file = try openedFile(book.path)
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
