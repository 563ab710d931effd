/// The functions of a file with their number of lines, found by indentation: the formatter keeps it honest.
func functions(of file: SourceFile) -> [(line: Int, length: Int)] {
    file.code.indices.compactMap { start in
        guard declaresFunction(file.code[start]), let open = bodyStart(file.code, from: start) else { return nil }
        let indent = indentation(file.code[start])
        let closing = String(repeating: " ", count: indent) + "}"
        guard let end = file.code[open...].dropFirst().firstIndex(where: { $0.hasPrefix(closing) }) else { return nil }
        return (start + 1, end - start + 1)
    }
}

private func declaresFunction(_ line: String) -> Bool {
    var words = line.split(separator: " ")[...]
    while let first = words.first, modifiers.contains(first) || first.hasPrefix("@") { words.removeFirst() }
    guard let first = words.first else { return false }
    return first == "func" || ["init(", "init?(", "init<", "init?<", "subscript("].contains { first.hasPrefix($0) }
}

private let modifiers: Set<Substring> = [
    "public", "package", "internal", "fileprivate", "private", "static", "class", "final", "override", "mutating",
    "nonmutating", "nonisolated", "convenience", "required", "borrowing", "consuming",
]

/// The line that opens the body; nil for a requirement of a protocol and for a body on one line.
private func bodyStart(_ code: [String], from start: Int) -> Int? {
    var line = start
    while line < code.count {
        let text = code[line]
        if text.hasSuffix("{") { return line }
        if text.contains("{") { return text.hasSuffix("}") ? nil : line }
        let ends = line == start ? !text.hasSuffix("(") : text.trimmingPrefix(while: { $0 == " " }).hasPrefix(")")
        let next = line + 1 < code.count ? code[line + 1].trimmingPrefix(while: { $0 == " " }) : ""
        if ends, !["where", "{", "->", "async", "throws", ")"].contains(where: { next.hasPrefix($0) }) { return nil }
        line += 1
    }
    return nil
}

private func indentation(_ line: String) -> Int { line.prefix { $0 == " " }.count }
