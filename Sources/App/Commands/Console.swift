import ArgumentParser
import Foundation
import Glibc
import Values

/// What is wrong with how a command was called.
enum Usage {
    /// Turns a problem about an option's value into one of usage: the command ends with 64.
    static func check(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let problem as Problem {
            throw ValidationError(Console.text(problem))
        }
    }
}

/// What commands say: data to stdout, all else to stderr, in the language of the terminal.
enum Console {
    /// Chinese where the terminal says so, else English.
    static let language: Language = {
        let environment = ProcessInfo.processInfo.environment
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"].compactMap { environment[$0] }.filter { !$0.isEmpty }
        return names.first?.hasPrefix("zh") ?? false ? .zh : .en
    }()

    /// Prints a line for people.
    static func say(_ label: Label) { print(label.text(language)) }

    /// Prints a line of data.
    static func line(_ text: String) { print(text) }

    /// Prints JSON that `body` writes, as one line, at once even into a pipe.
    static func json(_ body: (inout JSONWriter) throws -> Void) rethrows {
        var writer = JSONWriter()
        try body(&writer)
        write(writer.bytes + [0x0A], to: 1)
    }

    /// Prints lines of data at once even into a pipe.
    static func now(_ text: String) { write(Array((text + "\n").utf8), to: 1) }

    /// Prints one line about what went wrong.
    static func complain(_ text: String) {
        write(Array(("kehu: " + text.replacing("\n", with: " ") + "\n").utf8), to: 2)
    }

    /// Tells a person at the terminal how far something is.
    static func note(_ text: String) { write(Array(text.utf8), to: 2) }

    /// What a problem says, its fields included.
    static func text(_ problem: Problem) -> String {
        let fields = problem.fields.filter { $0.message != problem.message }.map { field in
            let text = field.message.text(language)
            return field.field.isEmpty ? text : "\(field.field): \(text)"
        }
        return ([problem.message.text(language)] + fields).joined(separator: " ")
    }

    /// Rows of text in columns.
    static func table(_ rows: [[String]]) {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { $0.count > column ? width($0[column]) : 0 }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - width(cell) + 2)
            }
            print(cells.joined())
        }
    }

    /// The first line of stdin.
    static func readSecret() throws -> String {
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw Problem(
                .invalid,
                "no_input",
                Label("Nothing came on standard input; send the password there.", zh: "标准输入为空，请从标准输入传入密码。")
            )
        }
        return line
    }

    /// Whether a person sits at the terminal.
    static var isTerminal: Bool { isatty(1) == 1 }

    /// Chinese characters take two columns.
    private static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + (0x1100..<0xFFE7 ~= $1.value ? 2 : 1) }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        fflush(nil)
        bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count, let start = bytes.baseAddress {
                let count = Glibc.write(descriptor, start + done, bytes.count - done)
                if count <= 0 { return }
                done += count
            }
        }
    }
}
