// All shared components behind one import.
export { Shell, LockMark, Card, Alert, Badge, Status, Table, Facts, Progress, type Tone, type Column } from "./layout.tsx";
export {
    Button,
    Field,
    TextField,
    TextArea,
    Select,
    Checkbox,
    Fieldset,
    ErrorSummary,
    type ButtonLook,
    type Choice,
    type FieldFrame,
    type FormError,
} from "./forms.tsx";
