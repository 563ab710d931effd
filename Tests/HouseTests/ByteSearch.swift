extension String {
    /// True when the text occurs, byte for byte. Regular expressions are slow in a debug build: this comes first.
    func holds(_ text: StaticString) -> Bool {
        guard utf8.count >= text.utf8CodeUnitCount else { return false }
        var copy = self
        return copy.withUTF8 { line in
            let first = text.utf8Start[0]
            let length = text.utf8CodeUnitCount
            var index = 0
            while index <= line.count - length {
                if line[index] == first {
                    var matched = 1
                    while matched < length, line[index + matched] == text.utf8Start[matched] { matched += 1 }
                    if matched == length { return true }
                }
                index += 1
            }
            return false
        }
    }

    /// True when one of the texts occurs.
    func holds(oneOf texts: [StaticString]) -> Bool { texts.contains { holds($0) } }
}
