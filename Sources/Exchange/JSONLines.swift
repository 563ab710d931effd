public import Values

/// A line of a JSON Lines file.
public struct JSONLine: Sendable, Equatable {
    /// The number of the line, the first being 1.
    public var number: Int
    /// The byte of the file where the next line begins.
    public var end: Int64
    /// The members; empty when there is a fault.
    public var members: [JSONValue.Member]
    /// The line as it stands in the file.
    public var text: String
    /// Why the line is no JSON object.
    public var fault: Label?
}

/// Reads a file with one JSON object per line, with bounded memory; empty lines are left out.
public final class JSONLinesReader {
    private let source: TextSource
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var number: Int
    private var offset: Int64

    /// A reader of a file; `offset` and `lines` are the `end` and `number` of the last line that was read before.
    public init(_ path: String, mark: Int = 0, offset: Int64? = nil, lines: Int = 0) throws {
        let begin = offset ?? Int64(mark)
        source = try TextSource(path, .utf8, from: begin)
        self.offset = begin
        number = lines
    }

    /// The next line; nil at the end of the file. Throws a `Problem` for a line that is longer than any record.
    public func next() throws -> JSONLine? {
        while true {
            guard let end = buffer[start...].firstIndex(of: 0x0A).map({ $0 + 1 }) ?? (isAtEnd ? buffer.count : nil)
            else {
                try more()
                continue
            }
            if end == start { return nil }
            let bytes = buffer[start..<end]
            offset += Int64(bytes.count)
            start = end
            number += 1
            if bytes.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) { continue }
            return line(Array(bytes))
        }
    }

    private func line(_ bytes: [UInt8]) -> JSONLine {
        var text = String(decoding: bytes, as: UTF8.self)
        while text.last?.isNewline == true { text.removeLast() }
        var line = JSONLine(number: number, end: offset, members: [], text: text)
        do {
            if let members = try JSONReader.parse(bytes).members {
                line.members = members
            } else {
                line.fault = Label("The line is no JSON object.", zh: "该行不是 JSON 对象。")
            }
        } catch let problem as Problem {
            line.fault = problem.message
        } catch {
            line.fault = Label("The line is not valid JSON.", zh: "该行不是有效的 JSON。")
        }
        return line
    }

    private func more() throws {
        buffer.removeFirst(start)
        start = 0
        guard buffer.count <= CSVReader.longestRow else {
            throw Problem.malformed(
                "row_too_long",
                Label("Line \(number + 1) is longer than 4 MB.", zh: "第 \(number + 1) 行超过 4 MB。")
            )
        }
        if try !source.fill(&buffer) { isAtEnd = true }
    }
}
