import Foundation
import Values

/// The e-mail address in small letters, checked.
func checkedEmail(_ text: String) throws -> String {
    let email = Fold.fold(text).trimmingCharacters(in: .whitespacesAndNewlines)
    let parts = email.split(separator: "@", omittingEmptySubsequences: false)
    let hasSpace = email.unicodeScalars.contains { $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0x7F }
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), !hasSpace, email.utf8.count <= 254 else {
        throw Problem.invalid(
            "email",
            "not_an_email",
            Label("Enter an e-mail address such as name@example.com.", zh: "请填写邮箱地址，例如 name@example.com。")
        )
    }
    return email
}

/// A name without spaces around it, 1 to 200 characters, checked.
func checkedName(_ text: String, field: String = "name") throws -> String {
    let name = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !name.isEmpty else {
        throw Problem.invalid(field, "required", Label("Enter a name.", zh: "请填写名称。"))
    }
    guard name.count <= 200, name.utf8.count <= 2000 else {
        throw Problem.invalid(
            field,
            "too_long",
            Label("The name may have 200 characters at most.", zh: "名称不能超过 200 个字。")
        )
    }
    guard !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
        throw Problem.invalid(
            field,
            "control_character",
            Label("The name holds a character that cannot be shown.", zh: "名称中含有无法显示的字符。")
        )
    }
    return name
}

/// A time zone that exists.
func checkedTimeZone(_ name: String) throws -> String {
    guard !name.isEmpty, name.utf8.count <= 64, TimeZone(identifier: name) != nil else {
        throw Problem.invalid(
            "time_zone",
            "unknown_time_zone",
            Label("Enter a time zone such as Asia/Shanghai.", zh: "请填写时区，例如 Asia/Shanghai。")
        )
    }
    return name
}

/// A description of a device or an address as a client sent it, cut to a size and cleared of control characters.
func shortened(_ text: String, to limit: Int) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(limit) where scalar.value >= 0x20 && scalar.value != 0x7F {
        result.append(scalar)
    }
    return String(result)
}
