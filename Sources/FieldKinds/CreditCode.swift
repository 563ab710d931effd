import Values

/// The unified social credit code of a Chinese organisation (GB 32100-2015): 18 characters, the last a check.
public enum CreditCode {
    private static let characters = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)

    /// True for a code in upper case whose check character is right.
    public static func isValid(_ code: String) -> Bool {
        let values = code.utf8.compactMap { characters.firstIndex(of: $0) }
        guard code.utf8.count == 18, values.count == 18, values[2..<8].allSatisfy({ $0 < 10 }) else { return false }
        var sum = 0
        var weight = 1
        for value in values.dropLast() {
            sum += value * weight
            weight = weight * 3 % 31
        }
        return (31 - sum % 31) % 31 == values[17]
    }

    /// The code without spaces, in upper case and half width. Throws `invalid_credit_code`.
    public static func normalised(_ text: String) throws(ValueFailure) -> String {
        let code = Fold.fold(text).uppercased().filter { !$0.isWhitespace && $0 != "-" }
        guard isValid(code) else {
            throw ValueFailure(
                "invalid_credit_code",
                Label(
                    "This is no unified social credit code: 18 characters, of which one seems to be wrong.",
                    zh: "统一社会信用代码不正确，应为 18 位，请核对是否有输错的字符。"
                )
            )
        }
        return code
    }
}
