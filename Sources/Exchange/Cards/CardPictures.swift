import Files
import Foundation
import Identity
import Values

/// Takes the pictures of cards into the workspace, and puts their ids into the rows that the cards became.
///
/// A picture that is refused is left out and remarked upon: the person is worth more than the picture. What has been
/// taken hangs on nothing until its row is written, like the files of an archive.
final class CardPictures: RowFiles {
    /// So many reasons are told; the others are counted.
    private static let told = 3

    private let reader: CardReader
    private let files: Files?
    private let actor: Actor
    /// Whose rights end with making records must not lose the record over its picture.
    private let mayAttach: Bool
    /// The row of the card that was read last; the first card is in row 2.
    private var number = 1
    private var picture: [UInt8]?
    private var reasons: [Label] = []
    private var refused = 0

    /// The pictures of a file of cards; without a place for files none is taken.
    init(_ path: String, _ files: Files?, of object: String, as actor: Actor) throws {
        reader = try CardReader(path, takesPictures: true)
        self.files = files
        self.actor = actor
        mayAttach = actor.rights.on(object).update != .none
    }

    /// How many pictures were left out, and why the first ones.
    var remark: Label? {
        if refused == 0 { return nil }
        let rest = refused > reasons.count ? " …" : ""
        return Label(
            "Pictures left out: \(refused). \(reasons.map(\.en).joined(separator: " "))\(rest)",
            zh: "有 \(refused) 张照片未导入。\(reasons.map(\.zh).joined())\(rest)"
        )
    }

    /// The rows with the ids of their pictures; empty cells where there is none, or none that is taken.
    func take(_ rows: [ImportRow], _ columns: FileColumns) async throws -> [ImportRow] {
        if columns.isEmpty { return rows }
        var result: [ImportRow] = []
        for row in rows { result.append(try await take(row, columns)) }
        return result
    }

    private func take(_ row: ImportRow, _ columns: FileColumns) async throws -> ImportRow {
        guard case .cells(var cells) = row.content, row.fault == nil else { return row }
        // A field and an attachment cannot be the same file, so each column takes its own.
        for column in columns.fields + columns.attachments
        where cells.indices.contains(column) && !cells[column].isEmpty {
            cells[column] = try await taken(row.number, isField: columns.fields.contains(column)) ?? ""
        }
        return ImportRow(number: row.number, end: row.end, content: .cells(cells), fault: nil)
    }

    /// The id of the picture of a row's card; nil where it is not taken.
    private func taken(_ row: Int, isField: Bool) async throws -> String? {
        guard let files, let bytes = try bytes(of: row) else { return nil }
        do {
            // A field is written with its record, by whoever may make that.
            guard isField || mayAttach else { throw CardPictures.forbidden }
            return try await store(bytes, files).id.description
        } catch let problem as Problem where problem.kind != .unavailable && problem.kind != .failure {
            refused += 1
            if reasons.count < CardPictures.told {
                let message = problem.message
                reasons.append(Label("Row \(row): \(message.en)", zh: "第 \(row) 行：\(message.zh)"))
            }
            return nil
        }
    }

    /// The picture of the card in a row. Cards are read on from the last one: rows come in the order of the file.
    private func bytes(of row: Int) throws -> [UInt8]? {
        while number < row {
            guard let card = try reader.next() else { return nil }
            (number, picture) = (number + 1, card.photo)
        }
        return number == row ? picture : nil
    }

    private func store(_ bytes: [UInt8], _ files: Files) async throws -> StoredFile {
        let type = FileType.detect(Array(bytes.prefix(4096)), name: "photo").name
        guard type.hasPrefix("image/") else { throw CardPictures.unreadable }
        let path = files.uploads + "/" + UUID().uuidString
        let file = try madeFile(path)
        do {
            try file.write(contentsOf: Data(bytes))
            try file.close()
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
        // Phones know pictures by the end of their names.
        let end = type == "image/jpeg" ? "jpg" : String(type.dropFirst("image/".count))
        return try await files.take(path, name: "photo." + end, as: actor)
    }

    private static let forbidden = Problem.forbidden(
        Label("You may not add files to these records.", zh: "您没有为这些记录添加附件的权限。")
    )
    private static let unreadable = Problem(
        .unsupported,
        "no_picture",
        Label("The picture cannot be read.", zh: "照片无法识别。")
    )
}
