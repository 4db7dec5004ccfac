<?php echo 'hi'; ?>
