import Foundation
import Glibc
import Logging
import Values

/// Writes the log to stderr, a line per entry, as text or as JSON.
struct LineLog: LogHandler {
    enum Form: String, Sendable { case plain, json }

    var metadataProvider: Logger.MetadataProvider?
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    let form: Form
    let clock: Clock

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var details = metadata.merging(event.metadata ?? [:]) { $1 }
        details["hb.request.id"] = nil
        let sorted = details.sorted { $0.key < $1.key }
        let at = clock.now().description
        var line: [UInt8]
        switch form {
        case .plain:
            let rest = sorted.map { " \($0.key)=\($0.value)" }.joined()
            let text = "\(at) \(event.level.rawValue) \(event.message)\(rest)"
            line = Array(text.replacing("\n", with: " ").utf8)
        case .json:
            var json = JSONWriter()
            json.object { json in
                json.member("at", at)
                json.member("level", event.level.rawValue)
                json.member("message", event.message.description)
                for (key, value) in sorted { json.member(key, value.description) }
            }
            line = json.bytes
        }
        line.append(0x0A)
        // One call, so that lines of several threads do not mix.
        _ = line.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
    }
}
