import Values

/// Which language an `Accept-Language` header prefers.
enum Languages {
    /// The preferred one of ours; nil when the header names none of them.
    static func preferred(_ header: String?) -> Language? {
        guard let header else { return nil }
        var best: (language: Language, weight: Double)?
        for part in header.split(separator: ",").prefix(20) {
            let pieces = part.split(separator: ";")
            guard let tag = pieces.first?.trimmingSpaces.lowercased() else { continue }
            let language: Language? = tag.hasPrefix("zh") ? .zh : tag.hasPrefix("en") ? .en : nil
            guard let language else { continue }
            var weight = 1.0
            for piece in pieces.dropFirst() where piece.trimmingSpaces.hasPrefix("q=") {
                weight = Double(piece.trimmingSpaces.dropFirst(2)) ?? 0
            }
            if weight > best?.weight ?? 0 { best = (language, weight) }
        }
        return best?.language
    }
}
