import Database
import Exchange
import Files
import Foundation
import HTTPTypes
import HummingbirdCore
import Identity
import NIOCore
import Records
import Values

/// Records that go out as a file, written while they are read.
enum ExportAPI {
    static func export(_ call: Call) async throws -> Reply {
        try call.query.allow(["format", "filter", "sort", "fields", "q", "deleted"])
        let format = try ExportFormat(name: call.query["format"] ?? "csv")
        var query = try RecordsAPI.query(call.query)
        query.limit = 200
        let (engine, object, asked) = (call.engine, call.parameter("plural"), query)
        var actor = try call.actor
        actor.language = call.language
        let (reader, scratch, place) = (actor, call.workspace.temporaryFolder, call.place)
        let store = call.workspace.files.store
        // What is not allowed or not valid is said before the first byte.
        try await Export.check(engine, object: object, query: asked, format: format, as: reader)
        var reply = Reply()
        reply.headers[.contentType] = format.contentType
        reply.headers[.contentDisposition] = "attachment; filename=\"\(object).\(format.suffix)\""
        if call.method == .head { return reply }
        reply.body = .stream(
            ResponseBody { writer in
                let box = WriterBox(writer)
                // It is written after the request's own steps have ended.
                try await ReadPlace.$chosen.withValue(place) {
                    try await Export.write(
                        engine,
                        object: object,
                        query: asked,
                        format: format,
                        as: reader,
                        scratch: scratch,
                        store: store
                    ) { bytes in try await box.write(bytes) }
                }
                try await box.finish()
            }
        )
        return reply
    }
}

/// Lets a closure write to the response.
private final class WriterBox {
    private var writer: any ResponseBodyWriter

    init(_ writer: any ResponseBodyWriter) { self.writer = writer }

    func write(_ bytes: [UInt8]) async throws { try await writer.write(ByteBuffer(bytes: bytes)) }

    func finish() async throws { try await writer.finish(nil) }
}

/// A file as a response.
enum FileStream {
    static func body(_ path: String) -> ResponseBody {
        ResponseBody { writer in
            guard let file = FileHandle(forReadingAtPath: path) else { return try await writer.finish(nil) }
            defer { try? file.close() }
            while let part = try file.read(upToCount: 262_144), !part.isEmpty {
                try await writer.write(ByteBuffer(bytes: part))
            }
            try await writer.finish(nil)
        }
    }
}
