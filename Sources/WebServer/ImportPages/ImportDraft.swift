import Database
import Exchange
import Foundation
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// A file that was uploaded and whose columns are not matched yet.
struct ImportDraft: Sendable {
    /// Its id, in the addresses of its pages.
    let id: RecordID
    /// The key of the object.
    let object: String
    /// The name that the file had where it comes from.
    let name: String
    /// How many rows it has, without the heading.
    let rows: Int
    /// Where it is.
    let path: String

    /// Drafts are kept for a day.
    private static let lifetime: Int64 = 86_400_000

    private static func folder(_ call: Call) -> String { call.workspace.temporaryFolder + "/drafts" }

    /// Keeps an uploaded file. Old drafts go.
    static func keep(
        _ file: Multipart.File,
        object: String,
        rows: Int,
        by actor: Actor,
        _ call: Call
    ) throws -> ImportDraft {
        let folder = folder(call)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        sweep(folder, call.engine.clock.now())
        let id = call.engine.ids.next()
        let path = folder + "/" + id.description
        try FileManager.default.moveItem(atPath: file.path, toPath: path)
        var json = JSONWriter()
        json.object { json in
            json.member("object", object)
            json.member("name", file.name)
            json.member("rows", Int64(rows))
            json.member("user", actor.userID?.description)
        }
        try Data(json.bytes).write(to: URL(fileURLWithPath: path + ".json"))
        return ImportDraft(id: id, object: object, name: file.name, rows: rows, path: path)
    }

    /// The draft of that id, if the actor uploaded it and it is still there; else as if there were none.
    static func find(_ id: String, by actor: Actor, _ call: Call) -> ImportDraft? {
        guard let id = RecordID(id) else { return nil }
        let path = folder(call) + "/" + id.description
        guard let bytes = FileManager.default.contents(atPath: path + ".json"),
            let json = try? JSONReader.parse(Array(bytes)), let object = json["object"]?.string,
            let name = json["name"]?.string, FileManager.default.fileExists(atPath: path),
            json["user"]?.string == actor.userID?.description
        else { return nil }
        return ImportDraft(id: id, object: object, name: name, rows: Int(json["rows"]?.integer ?? 0), path: path)
    }

    /// What the file holds, where it was read before with the same sheet and heading.
    func survey(_ place: String) -> ColumnSurvey? {
        guard let bytes = FileManager.default.contents(atPath: path + ".survey") else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstIndex(of: "\n"), text[..<end] == place else { return nil }
        return ColumnSurvey(String(text[text.index(after: end)...]))
    }

    /// Remembers what the file holds, so that it is read once. A full disk only costs time.
    func keep(_ survey: ColumnSurvey, _ place: String) {
        try? Data("\(place)\n\(survey.text)".utf8).write(to: URL(fileURLWithPath: path + ".survey"), options: .atomic)
    }

    private static func sweep(_ folder: String, _ now: Instant) {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for file in files {
            let path = folder + "/" + file
            let date = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
            guard let date, Int64(date.timeIntervalSince1970 * 1000) < now.milliseconds - lifetime else { continue }
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}
