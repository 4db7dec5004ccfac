/// What stands for a secret that has a value.
package enum Masked {
    package static let text = "***"
    /// For what a user has typed into a field declared `password`.
    package static let typed = "***REDACTED***"
}
