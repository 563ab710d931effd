import Foundation

/// A Swift file of the project, as the house rules read it.
struct SourceFile {
    /// The path from the project's folder: `Sources/Values/Day.swift`.
    let path: String
    /// The lines as they are.
    let lines: [String]
    /// The lines without comments and without what stands inside string literals.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.components(separatedBy: "\n")
        code = codeOnly(lines)
    }

    /// The folder of `Sources` or `Tests` that the file belongs to.
    var target: String { String(path.split(separator: "/")[1]) }

    /// `file:line` of each line of code that `isOffence` refuses.
    func offences(_ isOffence: (String) -> Bool) -> [String] {
        code.indices.filter { isOffence(code[$0]) }.map { "\(path):\($0 + 1)" }
    }

    /// The modules that the file imports, with the line.
    var imports: [(module: String, place: String)] {
        code.enumerated().compactMap { index, line in
            var words = line.split(separator: " ")
            while let first = words.first, first.hasPrefix("@") || accessWords.contains(first) { words.removeFirst() }
            guard words.count > 1, words[0] == "import" else { return nil }
            let name = importKinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
            return (String(name.prefix { $0 != "." }), "\(path):\(index + 1)")
        }
    }
}

private let accessWords: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
private let importKinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]

/// The project's files.
enum SourceTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let sources = files(in: "Sources")
    static let tests = files(in: "Tests")

    /// A file's text; empty when there is none.
    static func text(_ path: String) -> String {
        (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    }

    /// The paths of all folders below `folder`.
    static func folders(in folder: String) -> [String] {
        paths(in: folder).filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: root.appending(path: $0).path, isDirectory: &isFolder)
                && isFolder.boolValue
        }
    }

    private static func files(in folder: String) -> [SourceFile] {
        paths(in: folder).filter { $0.hasSuffix(".swift") }.map { SourceFile(path: $0, text: text($0)) }
    }

    private static func paths(in folder: String) -> [String] {
        let all = FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.allObjects ?? []
        return all.compactMap { ($0 as? String).map { folder + "/" + $0 } }.sorted()
    }
}

/// Blanks comments and the insides of string literals, so that rules about code do not see them.
private func codeOnly(_ lines: [String]) -> [String] {
    var inText = false
    var inComment = false
    return lines.map { line in
        if !inText, !inComment, !line.utf8.contains(where: { $0 == 0x22 || $0 == 0x2F }) { return line }
        // All that matters is ASCII, and bytes are quick.
        let bytes = Array(line.utf8)
        func stands(_ text: StaticString, at index: Int) -> Bool {
            index + text.utf8CodeUnitCount <= bytes.count
                && (0..<text.utf8CodeUnitCount).allSatisfy { bytes[index + $0] == text.utf8Start[$0] }
        }
        var result: [UInt8] = []
        var index = 0
        var inLiteral = false
        while index < bytes.count {
            if inComment {
                inComment = !stands("*/", at: index)
                index += inComment ? 1 : 2
            } else if !inLiteral, stands("\"\"\"", at: index) {
                inText.toggle()
                result += Array("\"\"\"".utf8)
                index += 3
            } else if inText {
                index += 1
            } else if inLiteral, bytes[index] == 0x5C {
                index += 2
            } else if bytes[index] == 0x22 {
                inLiteral.toggle()
                result.append(0x22)
                index += 1
            } else if inLiteral {
                index += 1
            } else if stands("//", at: index) {
                break
            } else if stands("/*", at: index) {
                inComment = true
                index += 2
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
