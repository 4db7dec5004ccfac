import Mail

extension Values {
    /// The server that takes mails; nil when none is set. Nothing here is repeated in an error, where a password might
    /// stand in the wrong place.
    func mail() throws(ConfigurationError) -> MailSettings? {
        guard let url = self["smtp.url"] else {
            for key in Self.mailKeys where self[key] != nil {
                throw .init(key, "is set, but PLACET_SMTP_URL is not: no mail would be sent")
            }
            return nil
        }
        guard let from = MailAddress(text: self["smtp.from"] ?? "") else {
            throw .init(
                "smtp.from",
                "must be the address that mails are from: placet@example.org or Placet <placet@example.org>"
            )
        }
        let certificates = self["smtp.ca.file"]
        if let certificates { _ = try fileContent(certificates, "smtp.ca.file") }
        let password = try secret("smtp.password")
        if let problem = MailSender.problem() { throw .init("smtp.url", "cannot be used: \(problem)") }
        do {
            return try MailSettings(url: url, password: password, from: from, certificates: certificates)
        } catch {
            throw Self.explanation(of: error)
        }
    }

    private static let mailKeys = ["smtp.password", "smtp.password.file", "smtp.from", "smtp.ca.file"]

    private static func explanation(of problem: MailSettingsProblem) -> ConfigurationError {
        switch problem {
        case .url:
            .init("smtp.url", "must be a URL such as smtp://user@mail.example.org:587 or smtps://mail.example.org")
        case .passwordInURL: .init("smtp.url", "has a password, which belongs into PLACET_SMTP_PASSWORD or its file")
        case .noUser: .init("smtp.password", "is for a user: name him in PLACET_SMTP_URL, smtp://user@host")
        case .noPassword: .init("smtp.url", "names a user: set PLACET_SMTP_PASSWORD or PLACET_SMTP_PASSWORD_FILE too")
        }
    }
}
